import Cryptography
import KeyManagement
import Records

@testable import Transform

/// An encryptor and a decryptor over one in-memory KMS, and records as arrays.
struct TransformFixture {
    static let source = "customers"
    static let target = "customers.encrypted"

    let cache: DataKeyCache

    init(
        keys: [String] = ["pii", "money", "acme", "globex"], settings: (inout KeyManagementSettings) -> Void = { _ in }
    ) throws {
        var inMemory = InMemorySettings()
        for (index, name) in keys.enumerated() {
            let bytes = [UInt8](repeating: UInt8(index + 1), count: 32)
            inMemory.keys[name] = bytes.withUnsafeBytes { SecretBytes(copying: $0) }
        }
        var all = KeyManagementSettings(inMemory: inMemory)
        settings(&all)
        cache = try DataKeyCache(all)
    }

    func encryptor(
        _ fields: [String], algorithm: Algorithm = .aes256GCM, key: String = "in-memory-kms://pii", padding: Int = 16,
        bindsKey: Bool = true, required: Bool = false
    ) throws -> RecordEncryptor {
        try encryptor(
            EncryptionRules(
                valueFields: try fields.map {
                    FieldRule(
                        path: try FieldPath(parsing: $0), key: try KeySecretTemplate(parsing: key),
                        algorithm: algorithm, isRequired: required)
                }, padding: padding, bindsKey: bindsKey))
    }

    func encryptor(_ rules: EncryptionRules) throws -> RecordEncryptor {
        try RecordEncryptor(rules: rules, target: Self.target, keys: DataKeyReader(cache: cache))
    }

    func decryptor(
        _ fields: [String] = [], errorPolicy: DecryptionRules.ErrorPolicy = .fail,
        plainPolicy: DecryptionRules.PlainPolicy = .halt, keks: [String] = ["in-memory-kms://*"],
        acceptedTopics: [String] = [], change: (inout DecryptionRules) throws -> Void = { _ in }
    ) throws -> RecordDecryptor {
        var rules = DecryptionRules(
            valueFields: try fields.map { try FieldPath(parsing: $0) }, errorPolicy: errorPolicy,
            plainPolicy: plainPolicy, keks: try keks.map { try KeySecretPattern(parsing: $0) },
            acceptedTopics: acceptedTopics)
        try change(&rules)
        return try RecordDecryptor(rules: rules, keys: DataKeyReader(cache: cache))
    }
}

/// A record whose bytes the test owns.
struct TestRecord: Hashable {
    var key: [UInt8]?
    var value: [UInt8]?
    var headers: [RecordLine.Header] = []
    var topic = TransformFixture.source
    var partition: Int32 = 3
    var offset: Int64 = 41
    var timestamp: Int64 = 1_700_000_000_123

    init(key: String? = "k1", _ value: String?, headers: [(String, String?)] = []) {
        self.key = key.map { Array($0.utf8) }
        self.value = value.map { Array($0.utf8) }
        self.headers = headers.map { RecordLine.Header(name: Array($0.utf8), value: $1.map { Array($0.utf8) }) }
    }

    init(copying record: RecordView) {
        key = record.key.map { Array($0) }
        value = record.value.map { Array($0) }
        headers = record.headers.map { RecordLine.Header(name: Array($0.name), value: $0.value.map { Array($0) }) }
        topic = String(decoding: record.topic, as: UTF8.self)
        partition = record.partition
        offset = record.offset
        timestamp = record.timestamp
    }

    var text: String? { value.map { String(decoding: $0, as: UTF8.self) } }

    func header(_ name: String) -> String? {
        headers.first { $0.name == Array(name.utf8) }?.value.map { String(decoding: $0, as: UTF8.self) }
    }

    mutating func setHeader(_ name: String, _ value: String?) {
        headers.removeAll { $0.name == Array(name.utf8) }
        if let value { headers.append(RecordLine.Header(name: Array(name.utf8), value: Array(value.utf8))) }
    }

    var line: RecordLine {
        RecordLine(
            topic: Array(topic.utf8), partition: partition, offset: offset, timestamp: timestamp, key: key,
            value: value, headers: headers)
    }

    /// The record as it stands in the target topic.
    func written(to topic: String = TransformFixture.target) -> TestRecord {
        var copy = self
        copy.topic = topic
        return copy
    }
}

extension RecordTransform {
    /// Transforms a record, waiting for whatever it needs.
    func callAsFunction(_ record: TestRecord, now: Int64 = DataKeyCache.now()) throws(TransformError) -> TestRecord {
        var attempts = 0
        while true {
            do throws(TransformError) {
                return try record.line.withRecord(defaultTopic: []) { view throws(TransformError) in
                    TestRecord(copying: try transform(view, now: now))
                }
            } catch {
                attempts += 1
                guard let need = error.need, attempts < 20, obtain(need, within: 5000) else { throw error }
            }
        }
    }

    /// The error that a record ends in.
    func failure(_ record: TestRecord) -> TransformError? {
        do throws(TransformError) {
            _ = try self(record)
            return nil
        } catch {
            return error
        }
    }
}
