import Cryptography
import KeyManagement
import Logging
import Records

/// Data keys for records that are fuzzed.
enum FuzzKeys {
    /// A KMS whose wrapped key is the data key itself in base64, so that whoever wrote the record chose its keys.
    private struct OpenService: KeyManagementService {
        func wrap(
            _ dataKey: SecretBytes, under key: KeySecretID, topic: String, within milliseconds: Int
        ) throws(KeyManagementError) -> [UInt8] {
            dataKey.withUnsafeBytes { Array(Base64.encode($0).utf8) }
        }

        func unwrap(
            _ edek: [UInt8], under key: KeySecretID, topic: String, within milliseconds: Int
        ) throws(KeyManagementError) -> SecretBytes {
            guard let bytes = Base64.decode(String(decoding: edek, as: UTF8.self)), !bytes.isEmpty else {
                throw .undecryptable(key: key, reason: "it is no base64")
            }
            return bytes.withUnsafeBytes { SecretBytes(copying: $0) }
        }
    }

    /// A cache over that KMS; its log goes nowhere.
    static func cache() -> DataKeyCache {
        var settings = KeyManagementSettings(inMemory: InMemorySettings(randomKeys: ["pii"]))
        settings.maxKeys = 256
        return DataKeyCache(
            settings, service: OpenService(),
            logger: Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() })
    }
}
