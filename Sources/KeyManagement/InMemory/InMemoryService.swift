import Cryptography
import Logging
import Records

/// `in-memory-kms`: keys in this process's memory, for development only.
///
/// It wraps by AES-256-GCM without AAD; an EDEK is the base64 of `nonce || ciphertext || tag`.
public struct InMemoryService: KeyManagementService {
    private let keys: [String: DataKey]

    /// Takes the listed keys and makes the random ones; says loudly that this is for development.
    ///
    /// - Throws: where a name can't stand in an address, is given twice, or its key has not 32 bytes.
    public init(
        _ settings: InMemorySettings, logger: Logger = Logger(label: "fieldseal.kms")
    ) throws(KeyManagementError) {
        var keys: [String: DataKey] = [:]
        for (name, bytes) in settings.keys {
            try Self.check(name)
            do throws(CryptographyError) {
                keys[name] = try DataKey(algorithm: .aes256GCM, bytes: bytes)
            } catch {
                throw .invalidSettings(
                    reason: "the in-memory key \(BoundedText.quoted(name)) has \(bytes.count) bytes, not 32")
            }
        }
        for name in settings.randomKeys {
            try Self.check(name)
            guard keys[name] == nil else {
                throw .invalidSettings(reason: "the in-memory key \(BoundedText.quoted(name)) is given twice")
            }
            do throws(CryptographyError) {
                keys[name] = try DataKey.generate(.aes256GCM)
            } catch {
                throw .cryptography(reason: error.description)
            }
        }
        self.keys = keys
        logger.warning(
            """
            in-memory-kms is for development only: its keys lie in this process's memory and configuration, and what \
            is sealed under a random one can't be opened after this process ends
            """)
    }

    /// Wraps a data key under a listed key.
    public func wrap(
        _ dataKey: SecretBytes, under key: KeySecretID, topic: String, within milliseconds: Int
    ) throws(KeyManagementError) -> [UInt8] {
        let kek = try kek(key)
        do throws(CryptographyError) {
            let context = try SealingContext(key: kek)
            let sealed = OutputBuffer(capacity: dataKey.count + Algorithm.aes256GCM.overhead)
            let room = sealed.reserve(dataKey.count + Algorithm.aes256GCM.overhead)
            try dataKey.withUnsafeBytes { (plaintext) throws(CryptographyError) in
                try context.seal(plaintext, aad: Self.noBytes, nonces: NonceSource(), into: room)
            }
            sealed.commit(dataKey.count + Algorithm.aes256GCM.overhead)
            return Array(Base64.encode(sealed.bytes).utf8)
        } catch {
            throw .cryptography(reason: error.description)
        }
    }

    /// Unwraps an EDEK under a listed key.
    public func unwrap(
        _ edek: [UInt8], under key: KeySecretID, topic: String, within milliseconds: Int
    ) throws(KeyManagementError) -> SecretBytes {
        let kek = try kek(key)
        guard let sealed = Base64.decode(String(decoding: edek, as: UTF8.self)),
            sealed.count > Algorithm.aes256GCM.overhead
        else { throw .undecryptable(key: key, reason: "it is no base64 of a sealed key") }
        do throws(CryptographyError) {
            let context = try OpeningContext(key: kek)
            return try SecretBytes(count: sealed.count - Algorithm.aes256GCM.overhead) {
                (room) throws(CryptographyError) in
                // The guard above leaves at least one byte of room, so that it has an address.
                let outcome = sealed.withUnsafeBytes { sealed -> Result<Int, CryptographyError> in
                    do throws(CryptographyError) {
                        return .success(try context.open(sealed, aad: Self.noBytes, into: room.baseAddress!))
                    } catch {
                        return .failure(error)
                    }
                }
                _ = try outcome.get()
            }
        } catch {
            guard error == .authenticationFailed else { throw .cryptography(reason: error.description) }
            throw .undecryptable(key: key, reason: "its tag does not match")
        }
    }

    private static var noBytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: nil, count: 0) }

    private func kek(_ key: KeySecretID) throws(KeyManagementError) -> DataKey {
        guard case .inMemory(let name) = key.address else { throw .notConfigured(key: key) }
        guard let kek = keys[name] else {
            throw .unknownKey(key: key, reason: "it is not among the keys listed in the configuration")
        }
        return kek
    }

    private static func check(_ name: String) throws(KeyManagementError) {
        do throws(KeySecretError) {
            _ = try KeySecretID(parsing: KeyManagementProvider.inMemory.prefix + name)
        } catch {
            throw .invalidSettings(reason: "the in-memory key has an unusable name: \(error)")
        }
    }
}
