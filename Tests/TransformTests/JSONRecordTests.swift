import Cryptography
import Records
import Testing

@testable import Transform

@Suite struct JSONRecordTests {
    @Test(arguments: Algorithm.allCases)
    func everyAlgorithmSealsAndOpensAField(algorithm: Algorithm) throws {
        let fixture = try TransformFixture()
        let record = TestRecord(
            #"{"id": 7, "ssn":"123-45-6789", "n":1.50}"#, headers: [("trace", "abc"), ("trace", nil)])
        let encrypted = try fixture.encryptor(["ssn"], algorithm: algorithm)(record)

        #expect(encrypted.text?.contains("123-45-6789") == false)
        #expect(encrypted.text?.hasPrefix(#"{"id": 7, "ssn":""#) == true)
        #expect(encrypted.text?.hasSuffix(#"", "n":1.50}"#) == true)
        #expect(encrypted.headers.prefix(2) == record.headers[...])
        #expect(encrypted.header("fieldseal.envelope")?.contains(algorithm.rawValue) == true)
        #expect(encrypted.key == record.key)
        #expect(encrypted.timestamp == record.timestamp)

        #expect(try fixture.decryptor()(encrypted.written()) == record.written())
    }

    @Test(arguments: [
        (["a.b"], #"{"a":{"b":"x","c":"b"},"b":"b"}"#),
        (["list[0].x", "list[2].x"], #"{"list":[{"x":1},{"x":2},{"x":3}]}"#),
        (["list[*].x"], #"{"list":[{"x":1},{"y":2},{"x":null},{"x":"3"}]}"#),
        (["map.*"], #"{"map":{"a":1,"b c":[1,2],"":{"z":true}}}"#),
        ([#"a."b.c""#], #"{"a":{"b.c":false,"b":{"c":1}}}"#),
        (["dup"], #"{"dup":1,"dup":2,"\u0064up":3}"#),
        (["whole"], #" { "whole" : { "deep" : [ 1, 2 ] } } "#),
        (["a", "b", "c"], #"{"a":true,"b":-0.0e-1,"c":"ü\u00fc\ud83d\ude00"}"#),
    ])
    func fieldsComeBackByteForByte(paths: [String], text: String) throws {
        let fixture = try TransformFixture()
        let record = TestRecord(text)
        let encrypted = try fixture.encryptor(paths)(record)
        #expect(encrypted.value != record.value)
        #expect(try fixture.decryptor()(encrypted.written()) == record.written())
    }

    @Test func everyDuplicateOfAKeyIsSealed() throws {
        let fixture = try TransformFixture()
        let encrypted = try fixture.encryptor(["ssn"])(
            TestRecord(#"{"ssn":"first","\u0073sn":"second","ssn":"third"}"#))
        for plain in ["first", "second", "third"] { #expect(encrypted.text?.contains(plain) == false) }
    }

    @Test func nullAndAbsentFieldsAreLeftAlone() throws {
        let fixture = try TransformFixture()
        let record = TestRecord(#"{"ssn":null,"a":{"b":null}}"#)
        let encrypted = try fixture.encryptor(["ssn", "a.b.c", "missing"])(record)
        #expect(encrypted.value == record.value)
        #expect(encrypted.header("fieldseal.envelope") != nil)
        #expect(try fixture.decryptor()(encrypted.written()) == record.written())
    }

    @Test func aTombstoneStaysOneAndSealsNothing() throws {
        let fixture = try TransformFixture()
        let encrypted = try fixture.encryptor(["ssn"])(TestRecord(nil))
        #expect(encrypted.value == nil)
        #expect(
            encrypted.header("fieldseal.envelope")
                == #"{"v":1,"topic":"customers.encrypted","bind":["key"],"algs":[]}"# + "\n[]")
        #expect(try fixture.decryptor()(encrypted.written()) == TestRecord(nil).written())
    }

    @Test(arguments: [0, 1, 16, 256])
    func paddingHidesLengths(padding: Int) throws {
        let fixture = try TransformFixture()
        let encryptor = try fixture.encryptor(["b"], padding: padding)
        let short = try encryptor(TestRecord(#"{"b":true}"#))
        let long = try encryptor(TestRecord(#"{"b":false}"#))
        if padding >= 16 { #expect(short.value?.count == long.value?.count) }
        #expect(try fixture.decryptor()(short.written()).text == #"{"b":true}"#)
        #expect(try fixture.decryptor()(long.written()).text == #"{"b":false}"#)
    }

    @Test func fieldsMayHaveKeysOfTheirOwn() throws {
        let fixture = try TransformFixture()
        let rules = EncryptionRules(valueFields: [
            FieldRule(path: try FieldPath(parsing: "a"), key: try .init(parsing: "in-memory-kms://pii")),
            FieldRule(path: try FieldPath(parsing: "b"), key: try .init(parsing: "in-memory-kms://money")),
            FieldRule(
                path: try FieldPath(parsing: "c"), key: try .init(parsing: "in-memory-kms://pii"),
                algorithm: .chaCha20Poly1305),
            FieldRule(path: try FieldPath(parsing: "d"), key: try .init(parsing: "in-memory-kms://pii")),
        ])
        let record = TestRecord(#"{"a":1,"b":2,"c":3,"d":4}"#)
        let encrypted = try fixture.encryptor(rules)(record)
        let lines = try #require(encrypted.header("fieldseal.envelope")).split(separator: "\n")
        #expect(lines[0].contains(#""algs":["AES128_GCM","AES128_GCM","CHACHA20_POLY1305"]"#))
        #expect(lines[1].components(of: "edek") == 3)
        #expect(try fixture.decryptor()(encrypted.written()) == record.written())
    }

    @Test(arguments: [
        ("in-memory-kms://{{record.header.tenant}}", "acme"),
        ("in-memory-kms://{{record.value.org.tenant}}", "globex"),
        ("in-memory-kms://{{record.key}}", "pii"),
    ])
    func addressesAreFilledInFromTheRecord(template: String, expected: String) throws {
        let fixture = try TransformFixture()
        let record = TestRecord(key: "pii", #"{"org":{"tenant":"globex"},"ssn":1}"#, headers: [("tenant", "acme")])
        let encrypted = try fixture.encryptor(["ssn"], key: template)(record)
        #expect(encrypted.header("fieldseal.envelope")?.contains(#"{"kek":"in-memory-kms://\#(expected)","#) == true)
        #expect(try fixture.decryptor()(encrypted.written()) == record.written())
    }

    @Test(arguments: [
        ("in-memory-kms://{{record.header.tenant}}", #"{"ssn":1}"#),
        ("in-memory-kms://{{record.value.tenant}}", #"{"ssn":1,"tenant":null}"#),
        ("in-memory-kms://{{record.value.tenant}}", #"{"ssn":1,"tenant":"acme","tenant":"globex"}"#),
        ("in-memory-kms://{{record.value.tenant}}", #"{"ssn":1,"tenant":"../acme"}"#),
        ("in-memory-kms://{{record.value.tenant}}", #"{"ssn":1,"tenant":["acme"]}"#),
    ])
    func anAddressThatCannotBeFilledInIsAnError(template: String, text: String) throws {
        let fixture = try TransformFixture()
        let failure = try #require(fixture.encryptor(["ssn"], key: template).failure(TestRecord(text)))
        #expect(failure.reason == .keyTemplate)
        #expect(!failure.isTransient)
        #expect(!failure.description.contains("globex"))
    }

    @Test func aRequiredFieldMustBeThere() throws {
        let fixture = try TransformFixture()
        let encryptor = try fixture.encryptor(["ssn"], required: true)
        for text in [#"{"a":1}"#, #"{"ssn":null}"#, nil] {
            let failure = try #require(encryptor.failure(TestRecord(text)))
            #expect(failure.reason == .fieldMissing)
            #expect(failure.field == "ssn")
        }
        #expect(encryptor.failure(TestRecord(#"{"ssn":""}"#)) == nil)
    }

    @Test(arguments: ["fieldseal.envelope", "fieldseal.opened", "fieldseal.anything", "fieldseal."])
    func aRecordWithAHeaderOfFieldsealsIsRefused(name: String) throws {
        let fixture = try TransformFixture()
        let failure = try #require(
            fixture.encryptor(["ssn"]).failure(TestRecord(#"{"ssn":1}"#, headers: [("a", "b"), (name, nil)])))
        #expect(failure.reason == .alreadyEncrypted)
    }

    @Test(arguments: ["", "{", #"{"ssn":"x"} x"#, "{\"ssn\":\"\u{1}\"}", #"{"ssn":"\ud800"}"#])
    func aMalformedValueIsAnErrorThatShowsNothingOfIt(text: String) throws {
        let fixture = try TransformFixture()
        let failure = try #require(fixture.encryptor(["ssn"]).failure(TestRecord(text)))
        #expect(failure.reason == .malformedPayload)
    }

    @Test func aScalarWhereThePathGoesDeeperIsAnErrorNamingTheField() throws {
        let fixture = try TransformFixture()
        let failure = try #require(fixture.encryptor(["a.b"]).failure(TestRecord(#"{"a":"secret"}"#)))
        #expect(failure.reason == .pathMismatch)
        #expect(failure.field == "a.b")
        #expect(!failure.description.contains("secret"))
    }

    @Test func anUnknownKeyIsRefusedForGood() throws {
        let fixture = try TransformFixture()
        let failure = try #require(
            fixture.encryptor(["ssn"], key: "in-memory-kms://nobody").failure(TestRecord(#"{"ssn":1}"#)))
        #expect(failure.reason == .keyRefused)
        #expect(!failure.isTransient)
    }

    @Test func moreLayoutsThanAReaderRemembersAreAllOpened() throws {
        let fixture = try TransformFixture()
        let decryptor = try fixture.decryptor()
        let record = TestRecord(#"{"a":1}"#)
        let sealed = try (1...150).map { try fixture.encryptor(["a"], padding: $0)(record) }
        for encrypted in sealed + sealed.reversed() { #expect(try decryptor(encrypted.written()) == record.written()) }
    }

    @Test func aKeyForOneRecordServesAllItsFields() throws {
        let fixture = try TransformFixture { $0.keyTtlMilliseconds = 0 }
        let encryptor = try fixture.encryptor(["a", "b"])
        let decryptor = try fixture.decryptor()
        var edeks: Set<String> = []
        for index in 0..<3 {
            let record = TestRecord(#"{"a":\#(index),"b":"x"}"#)
            let encrypted = try encryptor(record)
            edeks.insert(try #require(encrypted.header("fieldseal.envelope")))
            #expect(try decryptor(encrypted.written()) == record.written())
        }
        #expect(edeks.count == 3)
    }
}

extension Substring {
    func components(of word: String) -> Int { ranges(of: word).count }
}
