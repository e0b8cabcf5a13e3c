import KeyManagement
import Records
import Testing

@testable import Transform

/// Records that are opened in part, and defaults for what a KMS refuses.
@Suite struct PartialOpeningTests {
    private static let avroSchema = """
        {"type":"record","name":"R","fields":[{"name":"ssn","type":"string"},{"name":"salary","type":"int"},
        {"name":"n","type":["null","string","long"]},{"name":"id","type":"int"}]}
        """
    private static let avroValue: [UInt8] = [0x06, 0x31, 0x32, 0x33, 0xC8, 0x01, 0x04, 0x0A, 0x0E]

    private let fixture: TransformFixture
    private let rules: EncryptionRules
    private let record = TestRecord(
        key: "k-1", #"{"ssn":"123","iban":"DE1","n":1}"#, headers: [("x-a", "one"), ("x-b", "two"), ("t", nil)])

    init() throws {
        fixture = try TransformFixture()
        var value = try PartRule.fields(["ssn"], key: "pii")
        value.sealing = .fields(value.fields + (try PartRule.fields(["iban"], key: "money").fields))
        rules = EncryptionRules(
            key: try .payload(key: "acme"), value: value,
            headers: [try .named("x-a", key: "pii"), try .named("x-b", key: "globex")])
    }

    @Test func whatIsNotAskedForStaysSealedAndTheBoundKeyWithIt() throws {
        let sealed = try fixture.encryptor(rules)(record)
        let opened = try fixture.decryptor(["ssn"])(sealed.written())
        #expect(opened.text?.hasPrefix(#"{"ssn":"123","iban":""#) == true && opened.text != record.text)
        #expect(opened.key == sealed.key)
        #expect(opened.header("x-a") == "one" && opened.header("x-b") == "two")
        #expect(opened.header("fieldseal.envelope") == sealed.header("fieldseal.envelope"))
        #expect(opened.header("fieldseal.opened") == #"["value:ssn","header:x-a","header:x-b"]"#)
        #expect(opened.header("fieldseal.defaulted") == nil)
    }

    @Test func aBoundKeyOpensWithEverythingElse() throws {
        let sealed = try fixture.encryptor(rules)(record)
        #expect(try fixture.decryptor(["ssn", "iban"])(sealed.written()).content == record.content)
    }

    @Test func aKeyThatIsNotBoundOpensByItself() throws {
        var unbound = rules
        unbound.bindsKey = false
        let sealed = try fixture.encryptor(unbound)(record)
        let opened = try fixture.decryptor(["ssn"])(sealed.written())
        #expect(opened.key == record.key)
        #expect(opened.header("fieldseal.opened") == #"["key:","value:ssn","header:x-a","header:x-b"]"#)
    }

    @Test func headersAreAskedForByName() throws {
        let sealed = try fixture.encryptor(rules)(record)
        let opened = try fixture.decryptor { $0.headerNames = ["x-b"] }(sealed.written())
        #expect(opened.text == record.text && opened.key == sealed.key)
        #expect(opened.header("x-a") == sealed.header("x-a") && opened.headers[0].value == sealed.headers[0].value)
        #expect(opened.header("fieldseal.opened") == #"["value:ssn","value:iban","header:x-b"]"#)
        // A header that is listed, there, and in the clear was not sealed by the pair that this one trusts.
        let decryptor = try fixture.decryptor { $0.headerNames = ["t"] }
        #expect(try decryptor(sealed.written()).header("x-a") == sealed.header("x-a"))
        var forged = sealed.written()
        forged.setHeader("t", "clear")
        #expect(decryptor.failure(forged)?.reason == .layoutMismatch)
    }

    @Test func anotherMirrorOpensTheRestWhereThatIsAccepted() throws {
        let sealed = try fixture.encryptor(rules)(record).written()
        let first = try fixture.decryptor(["ssn"]) { $0.headerNames = ["x-b"] }(sealed)
        #expect(try fixture.decryptor().failure(first)?.reason == .malformedEnvelope)
        let second = try fixture.decryptor { $0.acceptsPartlyOpened = true }
        #expect(try second(first).content == record.content)
        let third = try fixture.decryptor(["iban"]) {
            $0.acceptsPartlyOpened = true
            $0.headerNames = ["x-b"]
        }
        let more = try third(first)
        #expect(more.text == record.text && more.key == sealed.key)
        #expect(more.header("fieldseal.opened") == #"["value:ssn","value:iban","header:x-b"]"#)
        #expect(try second(more).content == record.content)
        #expect(fixture.encryptorFailure(rules, more)?.reason == .alreadyEncrypted)
    }

    @Test(arguments: [
        #"["value:ssn","value:ssn"]"#, #"["value:n"]"#, #"["ssn"]"#, #"{"value:ssn":1}"#, "", "[", #"["header:t"]"#,
    ])
    func listsOfOpenedPathsThatDoNotFitTheLayoutAreRefused(list: String) throws {
        var sealed = try fixture.encryptor(rules)(record).written()
        sealed.setHeader("fieldseal.opened", list)
        let decryptor = try fixture.decryptor { $0.acceptsPartlyOpened = true }
        #expect(decryptor.failure(sealed)?.reason == .malformedEnvelope)
    }

    @Test func aClaimThatTheKeyIsOpenDoesNotOpenWhatIsBoundToIt() throws {
        var sealed = try fixture.encryptor(rules)(record).written()
        sealed.key = Array("k-1".utf8)
        sealed.setHeader("fieldseal.opened", #"["key:"]"#)
        let decryptor = try fixture.decryptor { $0.acceptsPartlyOpened = true }
        #expect(decryptor.failure(sealed)?.reason == .authenticationFailed)
    }

    @Test func aRefusedKeyHidesOnlyItsOwnFields() throws {
        let sealed = try fixture.encryptor(rules)(record).written()
        let decryptor = try lacking("money").decryptor(errorPolicy: .defaultValue)
        let opened = try decryptor(sealed)
        #expect(opened.text == #"{"ssn":"123","iban":null,"n":1}"#)
        #expect(decryptor.passedOn?.reason == .keyRefused && decryptor.passedOn?.field == "iban")
        #expect(opened.key == sealed.key && opened.header("x-a") == "one" && opened.header("x-b") == "two")
        #expect(opened.header("fieldseal.opened") == #"["value:ssn","header:x-a","header:x-b"]"#)
        #expect(opened.header("fieldseal.defaulted") == #"["value:iban"]"#)
        #expect(try lacking("money").decryptor(errorPolicy: .fail).failure(sealed)?.reason == .keyRefused)
        #expect(try lacking("money").decryptor(errorPolicy: .returnEncrypted)(sealed).content == sealed.content)
        // What has a default value is gone from this copy: a mirror that may ask for all keys says so on.
        let second = try fixture.decryptor { $0.acceptsPartlyOpened = true }(opened)
        #expect(second.text == opened.text && second.header("fieldseal.defaulted") == #"["value:iban"]"#)
    }

    @Test func aRefusedHeaderIsEmptyAndARefusedKeyOfTheRecordStaysSealed() throws {
        let sealed = try fixture.encryptor(rules)(record).written()
        let header = try lacking("globex").decryptor(errorPolicy: .defaultValue)(sealed)
        #expect(header.header("x-b") == "" && header.header("x-a") == "one" && header.text == record.text)
        #expect(header.header("fieldseal.defaulted") == #"["header:x-b"]"#)
        let key = try lacking("acme").decryptor(errorPolicy: .defaultValue)(sealed)
        #expect(key.key == sealed.key && key.text == record.text)
        #expect(key.header("fieldseal.opened") == #"["value:ssn","value:iban","header:x-a","header:x-b"]"#)
        #expect(key.header("fieldseal.defaulted") == nil)
        #expect(key.header("fieldseal.envelope") == sealed.header("fieldseal.envelope"))
    }

    @Test func aRefusedValueIsEmptyAndNoTombstone() throws {
        let sealed = try fixture.encryptor(EncryptionRules(value: .payload(key: "money")))(record).written()
        let opened = try lacking("money").decryptor(errorPolicy: .defaultValue)(sealed)
        #expect(opened.value == [] && opened.header("fieldseal.defaulted") == #"["value:"]"#)
        #expect(opened.header("fieldseal.opened") == "[]")
    }

    @Test func avroKeepsItsPlaceholdersAndTheCiphertextsInTheHeader() throws {
        var value = try PartRule.fields(["ssn", "salary", "n"], key: "money")
        value.format = .avro
        value.schemaText = Self.avroSchema
        var record = TestRecord("")
        record.value = Self.avroValue
        let sealed = try fixture.encryptor(EncryptionRules(value: value))(record).written()
        let opened = try lacking("money").decryptor(errorPolicy: .defaultValue) { $0.schemaText = Self.avroSchema }(
            sealed)
        // An empty string, the int's placeholder, the long's in its branch, and what was never sealed.
        #expect(
            opened.value == [0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0x04] + [UInt8](repeating: 0xFF, count: 9) + [1, 0x0E])
        #expect(opened.header("fieldseal.defaulted") == #"["value:ssn","value:salary","value:n"]"#)
        let kept = try #require(opened.header("fieldseal.value"))
        #expect(kept.hasPrefix(#"{"salary":""#) && !kept.contains("\"n\""))
        let second = try fixture.decryptor {
            $0.schemaText = Self.avroSchema
            $0.acceptsPartlyOpened = true
        }(opened)
        #expect(second.value?.starts(with: [0x00, 0xC8, 0x01, 0x04, 0xFF]) == true)
        #expect(second.header("fieldseal.opened") == #"["value:salary"]"#)
        #expect(second.header("fieldseal.defaulted") == #"["value:ssn","value:n"]"#)
    }

    @Test func aFailedTagIsNeverDefaulted() throws {
        var sealed = try fixture.encryptor(rules)(record).written()
        sealed.key?[3] ^= 1
        #expect(
            try lacking("money").decryptor(errorPolicy: .defaultValue).failure(sealed)?.reason == .authenticationFailed)
        let foreign = try fixture.decryptor(errorPolicy: .defaultValue, keks: ["in-memory-kms://pii"])
        #expect(foreign.failure(try fixture.encryptor(rules)(record).written())?.reason == .kekNotAllowed)
    }

    @Test func fieldsOfAPayloadThatIsSealedWholeCannotBeAskedFor() throws {
        let whole = try fixture.encryptor(EncryptionRules(key: .payload(), value: .payload()))(record).written()
        #expect(try fixture.decryptor(["ssn"]).failure(whole)?.reason == .layoutMismatch)
        #expect(
            try fixture.decryptor { $0.keyFields = [try FieldPath(parsing: "a")] }.failure(whole)?.reason
                == .layoutMismatch)
        let plain = try fixture.encryptor(EncryptionRules(value: .payload()))(record).written()
        #expect(
            try fixture.decryptor { $0.keyFields = [try FieldPath(parsing: "a")] }.failure(plain)?.reason
                == .layoutMismatch)
    }

    /// The same keys but one.
    private func lacking(_ name: String) throws -> TransformFixture {
        try TransformFixture { $0.inMemory?.keys[name] = nil }
    }
}

extension TransformFixture {
    fileprivate func encryptorFailure(_ rules: EncryptionRules, _ record: TestRecord) -> TransformError? {
        try? encryptor(rules).failure(record)
    }
}
