import Cryptography
import Formats
import KeyManagement

/// The keys of a `payload`: of `recordValue`, of `recordKey`, and of each of `recordHeader`.
enum PayloadSettings {
    static let keySecretId = Setting(
        "keySecretId", .keyTemplate, .required, "The KEK's address, as of a field.")
    static let algorithm = Setting(
        "algorithm", .choice(Algorithm.self), .defaulted(.aes128GCM), "How it is sealed.")

    static let section = Section("pairs[].encrypt.recordValue.payload", "", [keySecretId, algorithm])
}
