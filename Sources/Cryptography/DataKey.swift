internal import COpenSSL
import Records

/// A data-encryption key (DEK) and the algorithm that it is for.
///
/// It owns its bytes, which are wiped with its last reference. Contexts are made from it, one per thread and direction.
public final class DataKey: Sendable {
    /// What the key is for.
    public let algorithm: Algorithm

    /// The key, `algorithm.keyLength` bytes; for CTR-HMAC the AES key followed by the HMAC key.
    public let bytes: SecretBytes

    /// Makes a key of unwrapped bytes.
    ///
    /// - Throws: `keyLength` where `bytes` has another length than `algorithm.keyLength`.
    public init(algorithm: Algorithm, bytes: SecretBytes) throws(CryptographyError) {
        guard bytes.count == algorithm.keyLength else {
            throw .keyLength(algorithm: algorithm, found: bytes.count)
        }
        self.algorithm = algorithm
        self.bytes = bytes
    }

    /// Makes a new random key by OpenSSL's private DRBG (`RAND_priv_bytes`).
    ///
    /// - Throws: `randomnessUnavailable`.
    public static func generate(_ algorithm: Algorithm) throws(CryptographyError) -> DataKey {
        let bytes = try SecretBytes(count: algorithm.keyLength) {
            (key: UnsafeMutableRawBufferPointer) throws(CryptographyError) in
            let start = key.baseAddress?.assumingMemoryBound(to: UInt8.self)
            guard RAND_priv_bytes(start, Int32(key.count)) == 1 else {
                ERR_clear_error()
                throw .randomnessUnavailable
            }
        }
        return try DataKey(algorithm: algorithm, bytes: bytes)
    }
}
