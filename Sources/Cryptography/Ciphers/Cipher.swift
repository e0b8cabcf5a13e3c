/// One key's cipher, its key schedule kept; the enum makes dispatch a jump, without a box or a reference count.
///
/// Callers have checked lengths: data and AAD are at most `maximumCount` bytes, and what is opened is at least
/// `Algorithm.overhead` long.
enum Cipher: ~Copyable {
    case openSSL(OpenSSLAEAD)
    case ctrHMAC(CTRHMAC)
    case eax(EAX)
    case xChaCha(XChaCha20Poly1305)

    /// The most bytes of data, and of AAD, that one call takes: OpenSSL counts in `int`.
    static let maximumCount = Int(Int32.max) - 64

    /// Which way an OpenSSL context works; it is fixed when the key is set.
    enum Direction: Int32 {
        case opening = 0
        case sealing = 1
    }

    /// Sets up the key.
    init(key: DataKey, direction: Direction) throws(CryptographyError) {
        switch key.algorithm {
        case .aes128GCM, .aes256GCM, .chaCha20Poly1305:
            self = .openSSL(try OpenSSLAEAD(key: key, direction: direction))
        case .aes128CTRHMACSHA256, .aes256CTRHMACSHA256:
            self = .ctrHMAC(try CTRHMAC(key: key))
        case .aes128EAX, .aes256EAX:
            self = .eax(try EAX(key: key))
        case .xChaCha20Poly1305:
            self = .xChaCha(try XChaCha20Poly1305(key: key))
        }
    }

    /// Seals `plaintext` under the nonce that `out` begins with, and writes ciphertext and tag behind it.
    borrowing func seal(
        _ plaintext: UnsafeRawBufferPointer, aad: UnsafeRawBufferPointer, behindNonceIn out: UnsafeMutableRawPointer
    ) throws(CryptographyError) {
        switch self {
        case .openSSL(let cipher): try cipher.seal(plaintext, aad: aad, behindNonceIn: out)
        case .ctrHMAC(let cipher): try cipher.seal(plaintext, aad: aad, behindNonceIn: out)
        case .eax(let cipher): try cipher.seal(plaintext, aad: aad, behindNonceIn: out)
        case .xChaCha(let cipher): try cipher.seal(plaintext, aad: aad, behindNonceIn: out)
        }
    }

    /// Opens `nonce || ciphertext || tag` into `out`, which may hold unauthenticated bytes when this throws.
    borrowing func open(
        _ sealed: UnsafeRawBufferPointer, aad: UnsafeRawBufferPointer, into out: UnsafeMutableRawPointer
    ) throws(CryptographyError) {
        switch self {
        case .openSSL(let cipher): try cipher.open(sealed, aad: aad, into: out)
        case .ctrHMAC(let cipher): try cipher.open(sealed, aad: aad, into: out)
        case .eax(let cipher): try cipher.open(sealed, aad: aad, into: out)
        case .xChaCha(let cipher): try cipher.open(sealed, aad: aad, into: out)
        }
    }
}
