import Foundation
import KeyManagement
import Records
import Testing

@testable import Transform

/// Copies of encrypted records whose data keys are wrapped anew.
@Suite struct RecordRewrapperTests {
    private let fixture: TransformFixture
    private let service: CountingService
    private let record = TestRecord(#"{"ssn":"123","iban":"DE1","n":1}"#, headers: [("x", "one"), ("t", nil)])

    init() throws {
        fixture = try TransformFixture()
        var settings = InMemorySettings()
        for (index, name) in ["pii", "money", "acme", "globex"].enumerated() {
            let bytes = [UInt8](repeating: UInt8(index + 1), count: 32)
            settings.keys[name] = bytes.withUnsafeBytes { SecretBytes(copying: $0) }
        }
        service = CountingService(try InMemoryService(settings))
    }

    private func rewrapper(
        to target: String? = nil, keks: [String] = ["in-memory-kms://*"],
        plainPolicy: DecryptionRules.PlainPolicy = .halt, acceptedTopics: [String] = []
    ) throws -> RecordRewrapper {
        RecordRewrapper(
            rules: DecryptionRules(
                errorPolicy: .fail, plainPolicy: plainPolicy, keks: try keks.map { try KeySecretPattern(parsing: $0) },
                acceptedTopics: acceptedTopics),
            service: service, target: try target.map { try KeySecretID(parsing: $0) })
    }

    private func sealed(_ record: TestRecord? = nil, key: String = "in-memory-kms://pii") throws -> TestRecord {
        try fixture.encryptor(["ssn", "iban"], key: key)(record ?? self.record).written()
    }

    private func envelope(_ record: TestRecord) throws -> [Substring] {
        try #require(record.header("fieldseal.envelope")).split(separator: "\n", omittingEmptySubsequences: false)
    }

    @Test func onlyTheWrappedKeyChanges() throws {
        let sealed = try sealed()
        let rewrapper = try rewrapper()
        let copy = try rewrapper(sealed)
        let (old, new) = (try envelope(sealed), try envelope(copy))
        #expect(old.count == 2 && new.count == 2 && old[0] == new[0] && old[1] != new[1])
        var same = copy
        same.setHeader("fieldseal.envelope", sealed.header("fieldseal.envelope"))
        #expect(same == sealed)
        #expect(try fixture.decryptor()(copy).content == record.content)
        #expect(rewrapper.keys == 1 && rewrapper.topics == [TransformFixture.target])
    }

    @Test func aKeyIsWrappedOnceHoweverManyRecordsItSeals() throws {
        let encryptor = try fixture.encryptor(["ssn"])
        let rewrapper = try rewrapper()
        let copies = try (0..<10).map { number in
            try rewrapper(try encryptor(TestRecord(#"{"ssn":"\#(number)"}"#)).written())
        }
        #expect(service.unwrapCount == 1 && rewrapper.keys == 1)
        #expect(Set(try copies.map { try envelope($0)[1] }).count == 1)
    }

    @Test func anotherKeyTakesThePlaceOfEveryOne() throws {
        let copy = try rewrapper(to: "in-memory-kms://money")(try sealed())
        #expect(try envelope(copy)[1].contains(#""kek":"in-memory-kms://money""#))
        let decryptor = try fixture.decryptor(keks: ["in-memory-kms://money"])
        #expect(try decryptor(copy).content == record.content)
        #expect(try fixture.decryptor(keks: ["in-memory-kms://pii"]).failure(copy)?.reason == .kekNotAllowed)
    }

    @Test func aTombstoneIsCopiedWithItsKeys() throws {
        let sealed = try sealed(TestRecord(nil))
        let copy = try rewrapper()(sealed)
        #expect(copy.value == nil && copy.key == sealed.key)
        #expect(try fixture.decryptor()(copy).content == TestRecord(nil).content)
    }

    @Test func aRecordInTheClearIsCopiedWhereThatIsSaidAndElseRefused() throws {
        let plain = record.written()
        #expect(try rewrapper().failure(plain)?.reason == .notEncrypted)
        #expect(try rewrapper(plainPolicy: .pass)(plain) == plain)
        var touched = plain
        touched.setHeader("fieldseal.value", "x")
        #expect(try rewrapper(plainPolicy: .pass).failure(touched)?.reason == .malformedEnvelope)
        #expect(service.unwrapCount == 0)
    }

    @Test func aKeyThatThePairMayNotUseIsNotAskedFor() throws {
        let sealed = try sealed(key: "in-memory-kms://acme")
        #expect(try rewrapper(keks: ["in-memory-kms://pii"]).failure(sealed)?.reason == .kekNotAllowed)
        #expect(service.unwrapCount == 0)
    }

    @Test func anEnvelopeOfAnotherTopicIsRefusedUnlessThatIsAccepted() throws {
        let foreign = try sealed().written(to: "copy")
        #expect(try rewrapper().failure(foreign)?.reason == .foreignTopic)
        let rewrapper = try rewrapper(acceptedTopics: [TransformFixture.target])
        #expect(try rewrapper(foreign).topic == "copy")
        #expect(rewrapper.topics == [TransformFixture.target])
    }

    @Test func aWrappedKeyThatWasChangedIsRefused() throws {
        var changed = try sealed()
        let lines = try envelope(changed)
        let start = try #require(lines[1].range(of: #""edek":""#)).upperBound
        let other = lines[1].replacingCharacters(
            in: start..<lines[1].index(after: start), with: lines[1][start] == "A" ? "B" : "A")
        changed.setHeader("fieldseal.envelope", "\(lines[0])\n\(other)")
        let error = try #require(try rewrapper().failure(changed))
        #expect(!error.isTransient && !error.message.contains("123"))
    }

    /// Whatever an envelope is cut or changed to, the answer is a copy or an error.
    @Test func aMalformedEnvelopeIsAnError() throws {
        let sealed = try sealed()
        let bytes = Array(try #require(sealed.header("fieldseal.envelope")).utf8)
        let rewrapper = try rewrapper()
        for position in bytes.indices {
            for spoilt in [
                Array(bytes[..<position]), bytes[..<position] + [bytes[position] ^ 1] + bytes[(position + 1)...],
            ] {
                var record = sealed
                record.setHeader("fieldseal.envelope", nil)
                record.headers.removeAll { $0.name == Array("fieldseal.envelope".utf8) }
                record.headers.append(RecordLine.Header(name: Array("fieldseal.envelope".utf8), value: spoilt))
                if spoilt.count < bytes.count { #expect(rewrapper.failure(record) != nil) }
                _ = rewrapper.failure(record)
            }
        }
    }
}
