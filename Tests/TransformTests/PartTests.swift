import Cryptography
import Formats
import KeyManagement
import Records
import Testing

@testable import Transform

/// Key, value and headers, whole or in fields, in every combination.
@Suite struct PartTests {
    private let fixture: TransformFixture

    init() throws {
        fixture = try TransformFixture()
    }

    @Test(arguments: Compression.allCases, Algorithm.allCases)
    func aWholeValueComesBackByteForByte(compression: Compression, algorithm: Algorithm) throws {
        let encryptor = try fixture.encryptor(
            EncryptionRules(value: try .payload(algorithm: algorithm, compression: compression)))
        let decryptor = try fixture.decryptor()
        for size in [0, 1, 100, 70_000] {
            var record = TestRecord("")
            record.value = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* $0 / 7) }
            let sealed = try encryptor(record)
            #expect(sealed.value != record.value && sealed.key == record.key)
            #expect(sealed.headers.count == 1)
            #expect(try decryptor(sealed.written()).content == record.content)
        }
    }

    @Test func bothPartsAndHeadersAreSealedTogetherAndComeBack() throws {
        let encryptor = try fixture.encryptor(
            EncryptionRules(
                key: try .payload(), value: try .fields(["ssn"], key: "money"),
                headers: [try .named("x-pii-.*"), try .named("tenant", key: "acme")]))
        let record = TestRecord(
            key: "customer-1", #"{"ssn": "123", "n":1.0}"#,
            headers: [
                ("x-pii-b", "one"), ("trace", "t"), ("x-pii-a", nil), ("x-pii-b", ""), ("tenant", "t1"),
                ("not-x-pii-a", "clear"), ("x-pii-a", "two"),
            ])
        let sealed = try encryptor(record)
        #expect(sealed.key != record.key && sealed.value != record.value)
        #expect(
            sealed.headers.map { String(decoding: $0.name, as: UTF8.self) }
                == record.headers.map { String(decoding: $0.name, as: UTF8.self) } + ["fieldseal.envelope"])
        for (before, after) in zip(record.headers, sealed.headers) {
            let isSealed =
                before.value != nil
                && ["x-pii-a", "x-pii-b", "tenant"].contains(
                    String(decoding: before.name, as: UTF8.self))
            #expect((before.value != after.value) == isSealed)
        }
        let layout = try #require(sealed.header("fieldseal.envelope")?.split(separator: "\n").first)
        #expect(layout.contains(#""algs":["AES256_GCM","AES256_GCM","AES256_GCM"],"key":{"payload":0},"value":{"#))
        #expect(
            layout.hasSuffix(
                #""headers":[{"name":"tenant","key":2},{"name":"x-pii-a","key":0},{"name":"x-pii-b","key":0}]}"#))
        #expect(try fixture.decryptor()(sealed.written()).content == record.content)
    }

    @Test func fieldsOfKeysAreSealedAndComeBack() throws {
        let encryptor = try fixture.encryptor(
            EncryptionRules(key: try .fields(["id", "part[*].no"]), value: try .payload()))
        let record = TestRecord(key: #"{"id":7,"part":[{"no":"a"},{"no":null}],"kind": "c"}"#, "opaque")
        let sealed = try encryptor(record)
        let key = try #require(sealed.key.map { String(decoding: $0, as: UTF8.self) })
        #expect(key.hasSuffix(#"{"no":null}],"kind": "c"}"#) && !key.contains("7,"))
        #expect(try fixture.decryptor()(sealed.written()).content == record.content)
    }

    @Test func avroFieldsOfKeysHaveTheirCiphertextsInAHeader() throws {
        let schema = #"{"type":"record","name":"K","fields":[{"name":"id","type":"int"},{"name":"s","type":"string"}]}"#
        var key = try PartRule.fields(["id", "s"])
        key.format = .avro
        key.schemaText = schema
        let encryptor = try fixture.encryptor(EncryptionRules(key: key, value: PartRule(.nothing)))
        var record = TestRecord("v")
        record.key = [0x0E, 0x06, 0x61, 0x62, 0x63]
        let sealed = try encryptor(record)
        #expect(sealed.header("fieldseal.key")?.hasPrefix(#"{"id":""#) == true)
        #expect(
            sealed.headers.map { String(decoding: $0.name, as: UTF8.self) } == ["fieldseal.key", "fieldseal.envelope"])
        let decryptor = try fixture.decryptor { $0.keySchemaText = schema }
        #expect(try decryptor(sealed.written()).content == record.content)
    }

    @Test func nullsStayNullAndAreNotInTheLayout() throws {
        let encryptor = try fixture.encryptor(
            EncryptionRules(key: try .payload(), value: try .payload(key: "money"), headers: [try .named("h")]))
        for (key, value) in [("k", nil), (nil, "v"), (nil, nil)] as [(String?, String?)] {
            let record = TestRecord(key: key, value, headers: [("h", nil)])
            let sealed = try encryptor(record)
            #expect((sealed.key == nil) == (key == nil) && (sealed.value == nil) == (value == nil))
            #expect(sealed.headers[0].value == nil)
            let layout = try #require(sealed.header("fieldseal.envelope")?.split(separator: "\n").first)
            #expect(layout.contains(#""key":{"payload""#) == (key != nil))
            #expect(layout.contains(#""value":{"payload""#) == (value != nil))
            #expect(try fixture.decryptor()(sealed.written()).content == record.content)
        }
    }

    @Test func anAddressMayReadAValueOfWhichNothingIsSealed() throws {
        let encryptor = try fixture.encryptor(
            EncryptionRules(
                value: PartRule(.nothing), headers: [try .named("h", key: "{{record.value.tenant}}")]))
        let record = TestRecord(#"{"tenant":"acme"}"#, headers: [("h", "x")])
        let sealed = try encryptor(record)
        #expect(sealed.value == record.value)
        #expect(sealed.header("fieldseal.envelope")?.contains(#""kek":"in-memory-kms://acme""#) == true)
        #expect(try fixture.decryptor()(sealed.written()).content == record.content)
        #expect(encryptor.failure(TestRecord(nil, headers: [("h", "x")]))?.reason == .keyTemplate)
    }
}

extension PartRule {
    static func payload(
        key: String = "pii", algorithm: Algorithm = .aes256GCM, compression: Compression = .none
    ) throws -> PartRule {
        PartRule(
            .payload(
                PayloadRule(
                    key: try KeySecretTemplate(parsing: "in-memory-kms://\(key)"), algorithm: algorithm,
                    compression: compression)))
    }

    static func fields(_ paths: [String], key: String = "pii") throws -> PartRule {
        PartRule(
            .fields(
                try paths.map {
                    FieldRule(
                        path: try FieldPath(parsing: $0),
                        key: try KeySecretTemplate(parsing: "in-memory-kms://\(key)"), algorithm: .aes256GCM)
                }))
    }
}

extension HeaderRule {
    static func named(_ name: String, key: String = "pii") throws -> HeaderRule {
        HeaderRule(
            name: try RegularExpression(parsing: name),
            key: try KeySecretTemplate(parsing: "in-memory-kms://\(key)"), algorithm: .aes256GCM)
    }
}

extension TestRecord {
    /// What a consumer sees of a record besides its place.
    var content: [[UInt8]?] {
        [key, value] + headers.flatMap { [$0.name, $0.value] }
    }
}
