import Formats
import KeyManagement
import Records
import SchemaRegistry
import Synchronization
import Testing

@testable import Transform

/// Encryptors and decryptors over one in-memory KMS and one registry, and records under its schemas.
struct AvroFixture {
    /// The registry's id of `personSchema`.
    static let personID: UInt32 = 7
    static let personSchema = """
        {"type":"record","name":"Person","namespace":"test","fields":[
        {"name":"ssn","type":"string"},{"name":"tenant","type":["null","string"]},{"name":"age","type":"int"},
        {"name":"salary","type":["null","long"]},
        {"name":"banks","type":{"type":"array","items":{"type":"record","name":"Bank","fields":[
        {"name":"iban","type":"string"},{"name":"balance","type":"long"}]}}},
        {"name":"note","type":["null","string"]}]}
        """
    /// What of a person the tests seal: strings, numbers, and both within a list.
    static let personFields = ["ssn", "age", "salary", "banks[*].iban", "banks[*].balance"]

    let keys: TransformFixture
    let registry = TestRegistry()
    let schemas: SchemaCache

    init() throws {
        keys = try TransformFixture(keys: ["pii", "money", "acme", "globex", "42", "k1"])
        schemas = registry.cache()
        registry.add(Self.personID, Self.personSchema)
    }

    /// A framed person; without an id, one without framing.
    static func person(
        _ ssn: String = "first secret", tenant: String? = "acme", age: Int = 42, salary: Int? = 1_000_000,
        ibans: [String] = ["DE1 secret", "FR2 secret"], note: String? = "in the clear", id: UInt32? = personID
    ) -> AvroBytes {
        var out = AvroBytes(framedBy: id).string(ssn)
        out = tenant.map { out.long(1).string($0) } ?? out.long(0)
        out = out.long(age)
        out = salary.map { out.long(1).long($0) } ?? out.long(0)
        if !ibans.isEmpty { out = out.long(ibans.count) }
        for (index, iban) in ibans.enumerated() { out = out.string(iban).long(-1_000 - index) }
        out = out.long(0)
        return note.map { out.long(1).string($0) } ?? out.long(0)
    }

    func encryptor(
        _ fields: [String] = personFields, format: PayloadFormat = .auto, key: String = "in-memory-kms://pii",
        schemaText: String? = nil
    ) throws -> RecordEncryptor {
        let rules = EncryptionRules(
            format: format,
            valueFields: try fields.map {
                FieldRule(
                    path: try FieldPath(parsing: $0), key: try KeySecretTemplate(parsing: key), algorithm: .aes256GCM)
            }, schemaText: schemaText)
        return try RecordEncryptor(
            rules: rules, target: TransformFixture.target, keys: DataKeyReader(cache: keys.cache),
            schemas: schemas.makeReader())
    }

    func decryptor(
        _ fields: [String] = [], errorPolicy: DecryptionRules.ErrorPolicy = .fail, schemaText: String? = nil
    ) throws -> RecordDecryptor {
        let rules = DecryptionRules(
            valueFields: try fields.map { try FieldPath(parsing: $0) }, errorPolicy: errorPolicy,
            keks: [try KeySecretPattern(parsing: "in-memory-kms://*")], schemaText: schemaText)
        return try RecordDecryptor(
            rules: rules, keys: DataKeyReader(cache: keys.cache), schemas: schemas.makeReader())
    }
}

extension AvroFixture {
    /// The error that a record ends in, at the time of the registry's clock.
    func failure(of transform: any RecordTransform, _ record: TestRecord) -> TransformError? {
        do throws(TransformError) {
            _ = try transform(record, now: registry.now)
            return nil
        } catch {
            return error
        }
    }

    /// Expects that one encryptor and one decryptor take all records, in their order, there and back.
    func expectThereAndBack(_ records: [TestRecord], sourceLocation: SourceLocation = #_sourceLocation) throws {
        let (encryptor, decryptor) = (try encryptor(), try decryptor())
        let sealed = try records.map { try encryptor($0) }
        #expect(sealed.allSatisfy { $0.header("fieldseal.envelope") != nil }, sourceLocation: sourceLocation)
        let opened = try sealed.map { try decryptor($0.written()) }
        #expect(opened == records.map { $0.written() }, sourceLocation: sourceLocation)
    }

    /// What a person's fields hold, by concrete path, as a scan finds them.
    func contents(of record: TestRecord, _ fields: [String]) throws -> [String: [UInt8]] {
        let schema = try AvroSchema(parsing: Self.personSchema)
        let plan = try AvroPlan(schema: schema, paths: try fields.map { try FieldPath(parsing: $0) })
        let datum = Array((record.value ?? []).dropFirst(5))
        let scanner = AvroFieldScanner()
        try datum.withUnsafeBytes { try scanner.scan($0, plan: plan) }
        var found: [String: [UInt8]] = [:]
        for match in scanner.matches {
            found[String(decoding: scanner.paths.bytes(in: match.path), as: UTF8.self)] = Array(datum[match.content])
        }
        return found
    }
}

/// A registry in memory, on a clock that a test sets forward.
final class TestRegistry: Sendable {
    private let texts = Mutex<[UInt32: String]>([:])
    private let ahead = Atomic<Int64>(0)

    /// The time on its clock, which a transform is to be given.
    var now: Int64 { DataKeyCache.now() + ahead.load(ordering: .sequentiallyConsistent) }

    func advance(_ milliseconds: Int64) {
        ahead.add(milliseconds, ordering: .sequentiallyConsistent)
    }

    func add(_ id: UInt32, _ text: String) {
        texts.withLock { $0[id] = text }
    }

    func cache() -> SchemaCache {
        SchemaCache(capacity: 1_000, clock: { self.now }) { (id) throws(SchemaRegistryError) in
            guard let text = self.texts.withLock({ $0[id] }) else { throw .unknownSchema(id: id) }
            return RegisteredSchema(id: id, type: .avro, text: text)
        }
    }
}

extension TestRecord {
    /// A record with a value in bytes.
    init(key: String? = "k1", _ value: AvroBytes, headers: [(String, String?)] = []) {
        self.init(key: key, nil, headers: headers)
        self.value = value.bytes
    }
}
