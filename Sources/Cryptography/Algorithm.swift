/// How data is sealed. Ciphertext is laid out as `nonce || ciphertext || tag`, Tink's RAW layout for each type.
public enum Algorithm: String, CaseIterable, Hashable, Sendable {
    /// AES-GCM with a 128-bit key (NIST SP 800-38D), the default.
    case aes128GCM = "AES128_GCM"
    /// AES-GCM with a 256-bit key (NIST SP 800-38D).
    case aes256GCM = "AES256_GCM"
    /// AES-EAX with a 128-bit key and a 16-byte nonce.
    case aes128EAX = "AES128_EAX"
    /// AES-EAX with a 256-bit key and a 16-byte nonce.
    case aes256EAX = "AES256_EAX"
    /// Encrypt-then-MAC: AES-128-CTR and HMAC-SHA256 truncated to 16 bytes.
    case aes128CTRHMACSHA256 = "AES128_CTR_HMAC_SHA256"
    /// Encrypt-then-MAC: AES-256-CTR and HMAC-SHA256 in full.
    case aes256CTRHMACSHA256 = "AES256_CTR_HMAC_SHA256"
    /// ChaCha20-Poly1305 (RFC 8439).
    case chaCha20Poly1305 = "CHACHA20_POLY1305"
    /// XChaCha20-Poly1305 with a 24-byte nonce (draft-irtf-cfrg-xchacha-03).
    case xChaCha20Poly1305 = "XCHACHA20_POLY1305"

    /// Length of a DEK in bytes; for CTR-HMAC the AES key followed by the 32-byte HMAC key.
    public var keyLength: Int {
        switch self {
        case .aes128GCM, .aes128EAX: 16
        case .aes256GCM, .aes256EAX, .chaCha20Poly1305, .xChaCha20Poly1305: 32
        case .aes128CTRHMACSHA256: 48
        case .aes256CTRHMACSHA256: 64
        }
    }

    /// Length of the nonce in bytes.
    public var nonceLength: Int {
        switch self {
        case .aes128GCM, .aes256GCM, .chaCha20Poly1305: 12
        case .aes128EAX, .aes256EAX, .aes128CTRHMACSHA256, .aes256CTRHMACSHA256: 16
        case .xChaCha20Poly1305: 24
        }
    }

    /// Length of the tag in bytes.
    public var tagLength: Int {
        self == .aes256CTRHMACSHA256 ? 32 : 16
    }

    /// How many bytes longer a ciphertext is than its plaintext.
    public var overhead: Int { nonceLength + tagLength }
}
