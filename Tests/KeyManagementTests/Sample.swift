import Cryptography

@testable import KeyManagement

/// Values that tests of the cache share.
enum Sample {
    static let key = try! KeySecretID(parsing: "in-memory-kms://pii")

    static func request(
        _ name: String = "pii", edek: String? = nil, algorithm: Algorithm = .aes256GCM, topic: String = "t",
        reader: UInt64? = nil
    ) -> DataKeyRequest {
        let key = try! KeySecretID(parsing: "in-memory-kms://" + name)
        return DataKeyRequest(
            purpose: edek.map { .opening(edek: Array($0.utf8)) } ?? .sealing, kek: Array(key.text.utf8), key: key,
            algorithm: algorithm, topic: Array(topic.utf8), reader: reader)
    }
}
