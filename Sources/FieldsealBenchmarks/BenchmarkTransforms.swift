import Cryptography
import KeyManagement
import Logging
import Records
import SchemaRegistry
import Transform

/// Makes the transforms that are measured: three fields, AES256_GCM, one key in memory.
struct BenchmarkTransforms: Sendable {
    private static let keyAddress = "in-memory-kms://bench"

    private let cache: DataKeyCache

    init() throws {
        var logger = Logger(label: "bench")
        // That keys in memory are for development need not be said here.
        logger.logLevel = .error
        cache = try DataKeyCache(
            KeyManagementSettings(inMemory: InMemorySettings(randomKeys: ["bench"])), logger: logger)
    }

    /// The topic that encryption writes and decryption reads.
    static func target(_ format: BenchmarkFormat) -> String { "customers.\(format).encrypted" }

    /// An encryptor for one thread.
    func encryptor(
        _ format: BenchmarkFormat, schemaDataMode: SchemaDataMode = .preserveAvro
    ) throws -> RecordEncryptor {
        let rules = EncryptionRules(
            format: format == .json ? .json : .avro,
            valueFields: try Self.sealedFields(), schemaText: format.schema, schemaDataMode: schemaDataMode)
        return try RecordEncryptor(
            rules: rules, target: Self.target(format), keys: DataKeyReader(cache: cache))
    }

    /// An encryptor of whole values for one thread; it writes the topic of JSON.
    func payloadEncryptor() throws -> RecordEncryptor {
        let payload = PayloadRule(key: try KeySecretTemplate(parsing: Self.keyAddress), algorithm: .aes256GCM)
        return try RecordEncryptor(
            rules: EncryptionRules(value: PartRule(.payload(payload))), target: Self.target(.json),
            keys: DataKeyReader(cache: cache))
    }

    /// A decryptor for one thread.
    func decryptor(_ format: BenchmarkFormat) throws -> RecordDecryptor {
        let rules = DecryptionRules(
            errorPolicy: .fail, keks: [try KeySecretPattern(parsing: Self.keyAddress)], schemaText: format.schema)
        return try RecordDecryptor(rules: rules, keys: DataKeyReader(cache: cache))
    }

    /// The topic of encrypted Protobuf.
    static let protobufTarget = "customers.protobuf.encrypted"

    /// An encryptor of Protobuf for one thread.
    func protobufEncryptor(_ schemas: SchemaReader) throws -> RecordEncryptor {
        let rules = EncryptionRules(format: .protobuf, valueFields: try Self.sealedFields())
        return try RecordEncryptor(
            rules: rules, target: Self.protobufTarget, keys: DataKeyReader(cache: cache), schemas: schemas)
    }

    /// A decryptor of Protobuf for one thread.
    func protobufDecryptor(_ schemas: SchemaReader) throws -> RecordDecryptor {
        let rules = DecryptionRules(errorPolicy: .fail, keks: [try KeySecretPattern(parsing: Self.keyAddress)])
        return try RecordDecryptor(rules: rules, keys: DataKeyReader(cache: cache), schemas: schemas)
    }

    private static func sealedFields() throws -> [FieldRule] {
        try Customer.sealedPaths.map {
            FieldRule(
                path: try FieldPath(parsing: $0), key: try KeySecretTemplate(parsing: keyAddress), algorithm: .aes256GCM
            )
        }
    }

    /// Transforms every record once, waiting for keys that are not there yet. As a worker does, it looks at the clock once for
    /// many records.
    static func run(
        _ transform: any RecordTransform, over store: RecordStore, _ use: (RecordView) -> Void = { _ in }
    ) throws {
        var now = DataKeyCache.now()
        for record in store.views {
            while true {
                do throws(TransformError) {
                    use(try transform.transform(record, now: now))
                    break
                } catch {
                    guard let need = error.need, transform.obtain(need, within: 10_000) else { throw error }
                    now = DataKeyCache.now()
                }
            }
        }
    }
}
