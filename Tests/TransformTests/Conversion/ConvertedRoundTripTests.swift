import AvroCases
import Foundation
import KeyManagement
import Records
import SchemaRegistry
import Testing

@testable import Transform

/// The law of `convert_json`: whatever the schema, the record and the rules, decryption restores every byte.
@Suite struct ConvertedRoundTripTests {
    /// How many schemas and records a run tries; the environment's AVRO_CASES changes it.
    static let cases = ProcessInfo.processInfo.environment["AVRO_CASES"].flatMap { Int($0) } ?? 5_000
    /// Where the run begins; AVRO_SEED changes it, to run one failing case alone.
    static let firstSeed = ProcessInfo.processInfo.environment["AVRO_SEED"].flatMap { UInt64($0) } ?? 1

    @Test(
        "Random records of random schemas are restored byte for byte, with their original beside them where it is needed"
    )
    func roundTrip() throws {
        let keys = try TransformFixture()
        var seed = Self.firstSeed
        var tried = 0
        var originals = 0
        while tried < Self.cases {
            let one = AvroCaseGenerator.make(seed: seed, isCanonical: seed % 3 == 0)
            defer { seed += 1 }
            guard !one.paths.isEmpty else { continue }
            tried += 1
            let comment = Comment("AVRO_SEED=\(seed) \(one.schema) \(one.paths)")
            do {
                let sealed = try Self.check(one, keys: keys, isFramed: seed % 2 == 0, comment)
                let hasOriginal = sealed.headers.contains { $0.name == Array("fieldseal.value.original".utf8) }
                #expect(!hasOriginal || seed % 3 != 0, comment)
                originals += hasOriginal ? 1 : 0
            } catch {
                Issue.record(error, comment)
            }
        }
        #expect(originals > Self.cases / 10)
        #expect(originals < Self.cases * 9 / 10)
    }

    private static func check(
        _ one: AvroCase, keys: TransformFixture, isFramed: Bool, _ comment: Comment
    ) throws -> TestRecord {
        let cache = SchemaCache(capacity: 2, clock: DataKeyCache.now) { (id) throws(SchemaRegistryError) in
            RegisteredSchema(id: id, type: .avro, text: one.schema)
        }
        let schema = isFramed ? nil : one.schema
        let encryptor = try RecordEncryptor(
            rules: EncryptionRules(
                format: .avro,
                valueFields: try one.paths.map {
                    FieldRule(path: $0, key: try KeySecretTemplate(parsing: "in-memory-kms://pii"))
                }, schemaText: schema, schemaDataMode: .convertJSON),
            target: TransformFixture.target, keys: DataKeyReader(cache: keys.cache), schemas: cache.makeReader())
        let decryptor = try RecordDecryptor(
            rules: DecryptionRules(
                errorPolicy: .fail, keks: [try KeySecretPattern(parsing: "in-memory-kms://pii")], schemaText: schema),
            keys: DataKeyReader(cache: keys.cache), schemas: cache.makeReader())
        let record = ConversionFixture.record(
            isFramed ? ConversionFixture.framed(one.payload) : one.payload)
        let sealed = try encryptor(record)
        #expect(try decryptor(sealed.written()) == record.written(), comment)
        return sealed
    }
}
