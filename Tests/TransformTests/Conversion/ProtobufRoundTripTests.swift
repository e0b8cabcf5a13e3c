import AvroCases
import Foundation
import KeyManagement
import ProtobufCases
import Records
import SchemaRegistry
import Testing

@testable import Transform

/// The law of `convert_json` for Protobuf: whatever the schema, the record and the rules, decryption restores every byte.
@Suite struct ProtobufRoundTripTests {
    /// How many schemas and records a run tries; the environment's PROTOBUF_CASES changes it.
    static let cases = ProcessInfo.processInfo.environment["PROTOBUF_CASES"].flatMap { UInt64($0) } ?? 5_000
    /// Where the run begins; PROTOBUF_SEED changes it, to run one failing case alone.
    static let firstSeed = ProcessInfo.processInfo.environment["PROTOBUF_SEED"].flatMap { UInt64($0) } ?? 1

    @Test(
        "Random messages of random schemas are restored byte for byte, with their original beside them where it is needed"
    )
    func roundTrip() throws {
        let keys = try TransformFixture()
        var originals: UInt64 = 0
        for seed in Self.firstSeed..<(Self.firstSeed + Self.cases) {
            let model = ProtobufModelGenerator.make(seed: seed)
            let isCanonical = seed % 3 == 0
            var records = ProtobufRecordGenerator(
                model: model, isCanonical: isCanonical, random: AvroRandom(seed: seed &* 31))
            // The first message, in the short form and in a long one.
            let index: [UInt8] = seed % 2 == 0 ? [0x00] : [0x82, 0x00, 0x80, 0x00]
            let comment = Comment("PROTOBUF_SEED=\(seed) \(model.text)")
            do {
                let sealed = try Self.check(model, payload: index + records.record(), keys: keys, comment)
                let hasOriginal = sealed.headers.contains { $0.name == Array("fieldseal.value.original".utf8) }
                #expect(!hasOriginal || !isCanonical, comment)
                originals += hasOriginal ? 1 : 0
            } catch {
                Issue.record(error, comment)
            }
        }
        #expect(Self.cases < 100 || originals > Self.cases / 10)
        #expect(Self.cases < 100 || originals < Self.cases * 9 / 10)
    }

    private static func check(
        _ model: ProtobufModel, payload: [UInt8], keys: TransformFixture, _ comment: Comment
    ) throws -> TestRecord {
        let text = model.text
        let imported = ReferencedSchema(name: model.importedName, subject: "s", version: 1, text: model.importedText)
        let cache = SchemaCache(capacity: 2, clock: DataKeyCache.now) { (id) throws(SchemaRegistryError) in
            RegisteredSchema(id: id, type: .protobuf, text: text, references: [imported])
        }
        let rules = (model.paths + ["of_another_version"]).map { path in
            Result {
                FieldRule(
                    path: try FieldPath(parsing: path), key: try KeySecretTemplate(parsing: "in-memory-kms://pii"))
            }
        }
        let encryptor = try RecordEncryptor(
            rules: EncryptionRules(format: .protobuf, valueFields: try rules.map { try $0.get() }),
            target: TransformFixture.target, keys: DataKeyReader(cache: keys.cache), schemas: cache.makeReader())
        let decryptor = try RecordDecryptor(
            rules: DecryptionRules(errorPolicy: .fail, keks: [try KeySecretPattern(parsing: "in-memory-kms://pii")]),
            keys: DataKeyReader(cache: keys.cache), schemas: cache.makeReader())
        let record = ConversionFixture.record(ConversionFixture.framed(payload))
        let sealed = try encryptor(record)
        #expect(try decryptor(sealed.written()) == record.written(), comment)
        return sealed
    }
}
