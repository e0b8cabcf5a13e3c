import KeyManagement
import Records
import SchemaRegistry
import Testing

@testable import Transform

/// Avro records through a pair: framing, schemas, addresses filled in, and what is opened in part.
@Suite struct AvroRecordTests {
    let fixture: AvroFixture

    init() throws {
        fixture = try AvroFixture()
    }

    @Test func aFramedRecordComesBackByteForByteAndNothingSealedShows() throws {
        let record = TestRecord(AvroFixture.person(), headers: [("trace", nil), ("trace", "x")])
        let sealed = try fixture.encryptor()(record)
        #expect(sealed.value?.prefix(5) == record.value?.prefix(5))
        let shown = try #require(sealed.value)
        for secret in ["first secret", "DE1 secret", "FR2 secret"] {
            #expect(shown.firstRange(of: Array(secret.utf8)) == nil)
        }
        #expect(shown.firstRange(of: Array("in the clear".utf8)) != nil)
        #expect(sealed.header("fieldseal.envelope")?.contains(#""schema":7"#) == true)
        #expect(try fixture.decryptor()(sealed.written()) == record.written())
    }

    // MARK: Schemas

    @Test func anUnknownSchemaIsAnErrorThatHealsWhenTheSchemaAppears() throws {
        let encryptor = try fixture.encryptor(["ssn"])
        let record = TestRecord(AvroBytes(framedBy: 99).string("secret"))
        for _ in 0..<2 {
            let failure = try #require(fixture.failure(of: encryptor, record))
            #expect(failure.reason == .schemaUnknown)
            #expect(failure.mayHeal)
            #expect(failure.message.contains("99"))
        }
        fixture.registry.add(99, #"{"type":"record","name":"R","fields":[{"name":"ssn","type":"string"}]}"#)
        #expect(fixture.failure(of: encryptor, record)?.reason == .schemaUnknown, "a refusal is remembered for a while")
        fixture.registry.advance(SchemaCache.refusalMilliseconds + 1)
        let sealed = try encryptor(record, now: fixture.registry.now)
        #expect(try fixture.decryptor()(sealed.written(), now: fixture.registry.now) == record.written())
    }

    @Test func aReaderThatLacksTheSchemaWaitsForItToo() throws {
        let sealed = try fixture.encryptor()(TestRecord(AvroFixture.person())).written()
        let other = try AvroFixture()
        let empty = TestRegistry()
        let cache = empty.cache()
        let decryptor = try RecordDecryptor(
            rules: DecryptionRules(errorPolicy: .fail, keks: [try KeySecretPattern(parsing: "in-memory-kms://*")]),
            keys: DataKeyReader(cache: other.keys.cache), schemas: cache.makeReader())
        let failure = decryptor.failure(sealed)
        #expect(failure?.reason == .schemaUnknown)
        #expect(failure?.mayHeal == true)
        empty.add(AvroFixture.personID, AvroFixture.personSchema)
        empty.advance(SchemaCache.refusalMilliseconds + 1)
        #expect(try decryptor(sealed, now: empty.now).value == AvroFixture.person().bytes)
    }

    @Test func aRegistryThatIsNotConfiguredIsSaid() throws {
        let encryptor = try fixture.keys.encryptor(["ssn"])
        let failure = try #require(encryptor.failure(TestRecord(AvroFixture.person())))
        #expect(failure.reason == .schemaUnusable)
        #expect(!failure.mayHeal)
    }

    @Test func severalSchemasInOneTopicAreEachReadByTheirOwn() throws {
        fixture.registry.add(
            8,
            #"{"type":"record","name":"Account","fields":[{"name":"age","type":"double"},{"name":"ssn","type":["null","bytes"]}]}"#
        )
        fixture.registry.add(
            9, #"{"type":"record","name":"Visit","fields":[{"name":"page","type":"string"}]}"#)
        let account = AvroBytes(framedBy: 8)
        let records = [
            TestRecord(AvroFixture.person()),
            TestRecord(
                .init(raw: account.bytes + [0, 0, 0, 0, 0, 0, 0xF0, 0x3F], then: { $0.long(1).string("b\u{0}b") })),
            TestRecord(AvroBytes(framedBy: 9).string("nothing to seal")),
            TestRecord(AvroFixture.person("second", salary: nil, ibans: [])),
            TestRecord(.init(raw: account.bytes + [0, 0, 0, 0, 0, 0, 0, 0x80], then: { $0.long(0) })),
        ]
        try fixture.expectThereAndBack(records + records)
    }

    @Test func moreSchemasThanAPairRemembersAreAllRead() throws {
        let ids = UInt32(1_000)..<1_300
        for id in ids {
            let fields = (0..<(id % 7)).map { #"{"name":"f\#($0)","type":"long"},"# }.joined()
            fixture.registry.add(
                id, #"{"type":"record","name":"R\#(id)","fields":[\#(fields){"name":"ssn","type":"string"}]}"#)
        }
        let records = ids.map { id in
            TestRecord((0..<(id % 7)).reduce(AvroBytes(framedBy: id)) { $0.long(Int($1)) }.string("secret \(id)"))
        }
        try fixture.expectThereAndBack(records + records)
    }

    @Test func autoTellsAvroFromJSONRecordByRecord() throws {
        try fixture.expectThereAndBack([
            TestRecord(#"{"ssn":"first secret"}"#), TestRecord(AvroFixture.person()), TestRecord(nil),
            TestRecord(#" {"ssn":[1]} "#), TestRecord(AvroFixture.person("x", tenant: nil)),
            TestRecord(#"{"age":1,"banks":[{"iban":"DE1"},{}]}"#),
        ])
    }

    // MARK: Framing

    @Test(arguments: [[], [0], [0, 0, 0, 0], [1, 0, 0, 0, 7, 2, 97], [0x7B, 0x7D]] as [[UInt8]])
    func aValueWithoutWholeFramingIsMalformed(value: [UInt8]) throws {
        let failure = try #require(
            fixture.failure(of: fixture.encryptor(format: .avro), TestRecord(AvroBytes(raw: value))))
        #expect(failure.reason == .malformedPayload)
        #expect(!failure.mayHeal)
    }

    @Test func everyTruncationAndATrailingByteAreMalformed() throws {
        let encryptor = try fixture.encryptor()
        let whole = AvroFixture.person().bytes
        for count in 0..<whole.count {
            let failure = fixture.failure(of: encryptor, TestRecord(AvroBytes(raw: Array(whole.prefix(count)))))
            #expect(failure?.reason == .malformedPayload, "cut to \(count)")
        }
        #expect(
            fixture.failure(of: encryptor, TestRecord(AvroBytes(raw: whole + [0])))?.reason == .malformedPayload)
    }

    @Test func aReaderHoldsTheFramingAgainstTheLayout() throws {
        fixture.registry.add(8, AvroFixture.personSchema)
        let sealed = try fixture.encryptor()(TestRecord(AvroFixture.person())).written()
        let decryptor = try fixture.decryptor()
        var changed = sealed
        changed.value?[4] = 8
        #expect(decryptor.failure(changed)?.reason == .layoutMismatch)
        changed.value?[0] = 1
        #expect(decryptor.failure(changed)?.reason == .malformedPayload)
        for count in 0..<5 {
            changed.value = Array((sealed.value ?? []).prefix(count))
            #expect(decryptor.failure(changed)?.reason == .malformedPayload)
        }
    }

    // MARK: Schema files

    @Test func aSchemaFileReadsValuesWithoutFraming() throws {
        let record = TestRecord(AvroFixture.person(id: nil))
        let sealed = try fixture.encryptor(schemaText: AvroFixture.personSchema)(record).written()
        #expect(sealed.header("fieldseal.envelope")?.contains(#""fingerprint":""#) == true)
        #expect(try fixture.decryptor(schemaText: AvroFixture.personSchema)(sealed) == record.written())
        // Documentation and spacing are no part of a schema's canonical form.
        let same = AvroFixture.personSchema.replacing(#""name":"Person""#, with: #""doc":"a person","name":"Person""#)
        try #require(same != AvroFixture.personSchema)
        #expect(try fixture.decryptor(schemaText: same)(sealed) == record.written())
    }

    @Test func anotherSchemaFileThanTheWritersIsRefused() throws {
        let sealed = try fixture.encryptor(schemaText: AvroFixture.personSchema)(
            TestRecord(AvroFixture.person(id: nil))
        ).written()
        let other = AvroFixture.personSchema.replacing(#""name":"note""#, with: #""name":"remark""#)
        #expect(try fixture.decryptor(schemaText: other).failure(sealed)?.reason == .layoutMismatch)
        #expect(try fixture.decryptor().failure(sealed)?.reason == .schemaUnusable)
    }

    // MARK: Addresses

    @Test(arguments: [
        ("in-memory-kms://{{record.value.tenant}}", "acme"), ("in-memory-kms://{{record.value.age}}", "42"),
        ("in-memory-kms://{{record.header.tenant}}", "globex"), ("in-memory-kms://{{record.key}}", "k1"),
        ("in-memory-kms://{{record.value.banks[1].iban}}", "money"),
    ])
    func addressesAreFilledInFromTheRecord(template: String, expected: String) throws {
        let record = TestRecord(AvroFixture.person(ibans: ["DE1", "money"]), headers: [("tenant", "globex")])
        let sealed = try fixture.encryptor(["ssn", "salary"], key: template)(record)
        #expect(sealed.header("fieldseal.envelope")?.contains(#"{"kek":"in-memory-kms://\#(expected)","#) == true)
        #expect(try fixture.decryptor()(sealed.written()) == record.written())
    }

    @Test(arguments: [
        "{{record.value.tenant}}", "{{record.value.lacking}}", "{{record.value.banks[7].iban}}",
        "{{record.value.note}}", "{{record.value.banks}}", "{{record.header.tenant}}",
    ])
    func anAddressThatCannotBeFilledInIsAnError(template: String) throws {
        let record = TestRecord(AvroFixture.person(tenant: nil, note: "../acme"))
        let failure = try #require(
            fixture.failure(of: fixture.encryptor(["ssn"], key: "in-memory-kms://\(template)"), record))
        #expect(failure.reason == .keyTemplate)
        #expect(!failure.isTransient)
        #expect(!failure.description.contains("secret") && !failure.description.contains("acme"))
    }

    // MARK: Opening in part

    @Test func aRecordOpenedInPartKeepsTheRestSealedAndItsHeaderInOrder() throws {
        let record = TestRecord(AvroFixture.person())
        let sealed = try fixture.encryptor()(record).written()
        let partly = try fixture.decryptor(["ssn", "banks[*].balance"])(sealed)
        let shown = try #require(partly.value)
        #expect(shown.firstRange(of: Array("first secret".utf8)) != nil)
        #expect(shown.firstRange(of: Array("DE1 secret".utf8)) == nil)
        #expect(partly.header("fieldseal.envelope") == sealed.header("fieldseal.envelope"))
        #expect(partly.header("fieldseal.opened") == #"["value:ssn","value:banks[*].balance"]"#)
        let before = try #require(sealed.header("fieldseal.value"))
        let after = try #require(partly.header("fieldseal.value"))
        let members = before.dropFirst().dropLast().split(separator: ",")
        let left = members.filter { $0.hasPrefix("\"age\"") || $0.hasPrefix("\"salary\"") }
        #expect(members.count == 4 && left.count == 2)
        #expect(after == "{\(left.joined(separator: ","))}")
        // What was opened and what was not make up one valid record: the placeholders still stand in it.
        let expected = AvroFixture.person(age: Int(Int32.min), salary: Int.min).bytes
        let ciphertexts = try fixture.contents(of: sealed, ["banks[*].iban"])
        #expect(try fixture.contents(of: partly, ["banks[*].iban"]) == ciphertexts)
        #expect(
            try fixture.contents(of: partly, ["ssn", "age", "salary", "banks[*].balance", "note"])
                == fixture.contents(
                    of: TestRecord(AvroBytes(raw: expected)), ["ssn", "age", "salary", "banks[*].balance", "note"]))
    }

    @Test func aFieldThatThePairNamesAndTheLayoutLacksIsInTheClearAndRefused() throws {
        let sealed = try fixture.encryptor(["ssn"])(TestRecord(AvroFixture.person())).written()
        let failure = try #require(fixture.decryptor(["ssn", "note"]).failure(sealed))
        #expect(failure.reason == .layoutMismatch)
        #expect(failure.field == "note")
        // Null is left alone, sealed or not.
        let record = TestRecord(AvroFixture.person(note: nil))
        let without = try fixture.encryptor(["ssn"])(record).written()
        #expect(try fixture.decryptor(["ssn", "note"])(without).value == record.value)
    }
}
