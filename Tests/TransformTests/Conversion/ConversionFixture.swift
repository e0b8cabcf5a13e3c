import Formats
import KeyManagement
import Records
import SchemaRegistry

@testable import Transform

/// Encryptors and decryptors of records that become JSON text, over one in-memory KMS and one registry.
struct ConversionFixture {
    static let schemaID: UInt32 = 42
    static let personID: UInt32 = 7
    static let personSchema = """
        {"type":"record","name":"Person","namespace":"test","fields":[
        {"name":"ssn","type":"string"},{"name":"salary","type":["null","long"]},
        {"name":"contact","type":["null","string",{"type":"record","name":"Address","fields":[
        {"name":"street","type":"string"}]}]},
        {"name":"tags","type":{"type":"array","items":"string"}}]}
        """
    /// `{"ssn":"123","salary":9007199254740993,"contact":{"test.Address":{"street":"High St"}},"tags":["a","b"]}`
    static let person: [UInt8] =
        [6] + Array("123".utf8) + [2, 0x82, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20] + [4, 14] + Array("High St".utf8)
        + [4, 2, 0x61, 2, 0x62, 0]
    static let personText =
        #"{"ssn":"123","salary":9007199254740993,"contact":{"test.Address":{"street":"High St"}},"tags":["a","b"]}"#
    /// The same with its array in two blocks.
    static let oddPerson: [UInt8] = person.dropLast(6) + [2, 2, 0x61, 2, 2, 0x62, 0]

    let keys: TransformFixture
    let schemas: SchemaCache

    init(_ registered: [RegisteredSchema] = []) throws {
        keys = try TransformFixture()
        let all = registered + [RegisteredSchema(id: Self.personID, type: .avro, text: Self.personSchema)]
        schemas = SchemaCache(capacity: 10, clock: DataKeyCache.now) { (id) throws(SchemaRegistryError) in
            guard let known = all.first(where: { $0.id == id }) else { throw .unknownSchema(id: id) }
            return known
        }
    }

    /// A payload behind the framing of a schema.
    static func framed(_ payload: [UInt8], by id: UInt32 = personID) -> [UInt8] {
        [0] + (0..<4).map { UInt8(truncatingIfNeeded: id >> UInt32(24 - 8 * $0)) } + payload
    }

    static func record(_ value: [UInt8]?, key: [UInt8]? = Array("k1".utf8)) -> TestRecord {
        var record = TestRecord(nil, headers: [("h", "v"), ("h", nil)])
        record.key = key
        record.value = value
        return record
    }

    /// The record of a framed person.
    static let personRecord = record(framed(person))

    /// Rules for fields, each as a path or as a path, `@` and the name of its key.
    static func rules(_ fields: [String]) throws -> [FieldRule] {
        try fields.map { field in
            let parts = field.split(separator: "@").map(String.init)
            return FieldRule(
                path: try FieldPath(parsing: parts[0]),
                key: try KeySecretTemplate(parsing: "in-memory-kms://\(parts.count > 1 ? parts[1] : "pii")"),
                algorithm: .aes256GCM)
        }
    }

    func encryptor(
        _ fields: [String], format: PayloadFormat = .auto, schemaText: String? = nil, padding: Int = 16
    ) throws -> RecordEncryptor {
        try encryptor(
            EncryptionRules(
                format: format, valueFields: try Self.rules(fields), padding: padding, schemaText: schemaText,
                schemaDataMode: .convertJSON))
    }

    func encryptor(_ rules: EncryptionRules) throws -> RecordEncryptor {
        try RecordEncryptor(
            rules: rules, target: TransformFixture.target, keys: DataKeyReader(cache: keys.cache),
            schemas: schemas.makeReader())
    }

    func decryptor(
        _ fields: [String] = [], errorPolicy: DecryptionRules.ErrorPolicy = .fail, schemaText: String? = nil,
        keySchemaText: String? = nil, keys others: TransformFixture? = nil
    ) throws -> RecordDecryptor {
        let rules = DecryptionRules(
            valueFields: try fields.map { try FieldPath(parsing: $0) }, errorPolicy: errorPolicy,
            keks: [try KeySecretPattern(parsing: "in-memory-kms://*")], schemaText: schemaText,
            keySchemaText: keySchemaText, acceptsPartlyOpened: true)
        return try RecordDecryptor(
            rules: rules, keys: DataKeyReader(cache: (others ?? keys).cache), schemas: schemas.makeReader())
    }
}
