import Formats
import Foundation
import KeyManagement
import Records
import Testing

@testable import Transform

/// Parts and headers that were changed, moved, swapped or made up.
@Suite struct HostilePartTests {
    private let fixture: TransformFixture
    private let rules: EncryptionRules
    private let record = TestRecord(
        key: "same", "same", headers: [("h", "same"), ("h", "same"), ("i", "same"), ("h", nil)])

    init() throws {
        fixture = try TransformFixture()
        rules = EncryptionRules(key: try .payload(), value: try .payload(), headers: [try .named("h|i")])
    }

    private func sealed() throws -> TestRecord { try fixture.encryptor(rules)(record).written() }

    private func reason(_ change: (inout TestRecord) throws -> Void) throws -> TransformError.Reason? {
        var changed = try sealed()
        try change(&changed)
        return try fixture.decryptor().failure(changed)?.reason
    }

    @Test func anUnchangedRecordOpens() throws {
        #expect(try reason { _ in } == nil)
    }

    @Test func noCiphertextOpensInAnotherPlace() throws {
        #expect(try reason { ($0.key, $0.value) = ($0.value, $0.key) } == .authenticationFailed)
        #expect(try reason { $0.headers.swapAt(0, 1) } == .authenticationFailed)
        #expect(try reason { $0.headers.swapAt(1, 2) } == nil, "names keep their order among themselves")
        #expect(
            try reason { ($0.headers[0].value, $0.headers[2].value) = ($0.headers[2].value, $0.headers[0].value) }
                == .authenticationFailed)
        #expect(try reason { $0.headers[0].value = $0.value } == .authenticationFailed)
        #expect(try reason { $0.value = $0.headers[0].value } == .authenticationFailed)
        #expect(try reason { $0.headers[3].value = $0.headers[0].value } == .authenticationFailed)
        #expect(try reason { $0.headers.remove(at: 0) } == .authenticationFailed)
    }

    @Test func everythingIsBoundToTheKeyAsWritten() throws {
        let other = try sealed()
        // The same plain key, sealed again, has other bytes.
        #expect(try reason { $0.key = other.key } == .authenticationFailed)
        #expect(try reason { $0.key = Array("same".utf8) } == .authenticationFailed)
        #expect(try reason { $0.key = nil } == .authenticationFailed)
        #expect(try reason { $0.key = [] } == .authenticationFailed)
    }

    @Test func everyChangedByteIsFound() throws {
        let whole = try sealed()
        for index in try #require(whole.value).indices {
            #expect(
                try fixture.decryptor().failure(whole.with { $0.value?[index] ^= 1 })?.reason == .authenticationFailed)
        }
        for count in 0..<(whole.value?.count ?? 0) {
            let cut = whole.with { $0.value = Array($0.value?.prefix(count) ?? []) }
            #expect(try fixture.decryptor().failure(cut)?.reason == .authenticationFailed)
        }
        #expect(try reason { $0.headers[0].value = [] } == .authenticationFailed)
    }

    @Test func nullsWhereTheLayoutSealsSomethingAreRefused() throws {
        #expect(try reason { $0.value = nil } == .layoutMismatch)
        let loose = EncryptionRules(key: try .payload(), value: try .payload(), bindsKey: false)
        let unbound = try fixture.encryptor(loose)(record).written()
        #expect(try fixture.decryptor().failure(unbound.with { $0.key = nil })?.reason == .layoutMismatch)
    }

    @Test func headersOfFieldsThatTheLayoutDoesNotCallForAreRefused() throws {
        for name in ["fieldseal.key", "fieldseal.value", "fieldseal.value.original", "fieldseal.error"] {
            #expect(try reason { $0.setHeader(name, #"{"a":"b"}"#) } == .layoutMismatch)
        }
    }

    @Test(arguments: [
        #""value":{"payload":0,"compression":"zstd"}"#, #""value":{"payload":0,"compression":"snappy"}"#,
        #""value":{"format":"json","fields":[{"path":"a","type":"json","key":0}]}"#,
    ])
    func aLayoutThatSaysSomethingElseOpensNothing(value: String) throws {
        let envelope = try #require(try sealed().header("fieldseal.envelope"))
        let forged = envelope.replacing(#""value":{"payload":0}"#, with: value)
        #expect(forged != envelope)
        #expect(try reason { $0.setHeader("fieldseal.envelope", forged) } != nil)
    }

    @Test func aSealedHeaderThatTheLayoutLeavesOutDoesNotPassForPlainWhereItIsListed() throws {
        let envelope = try #require(try sealed().header("fieldseal.envelope"))
        let range = try #require(envelope.range(of: #","headers":["#))
        let end = try #require(envelope.range(of: "]}\n"))
        let forged = envelope.replacingCharacters(in: range.lowerBound..<end.upperBound, with: "}\n")
        // Line 1 is authenticated, so that what else is sealed does not open.
        #expect(try reason { $0.setHeader("fieldseal.envelope", forged) } == .authenticationFailed)
    }

    @Test(arguments: Compression.allCases.filter { $0 != .none })
    func aPayloadThatDecompressesToTooMuchIsRefused(compression: Compression) throws {
        var record = record
        record.value = [UInt8](repeating: 7, count: 100_000)
        let rules = EncryptionRules(value: try .payload(compression: compression))
        let sealed = try fixture.encryptor(rules)(record).written()
        #expect((sealed.value?.count ?? 0) < 20_000)
        let exact = try fixture.decryptor { $0.maximumPayloadBytes = 100_000 }
        #expect(try exact(sealed).value == record.value)
        let less = try fixture.decryptor { $0.maximumPayloadBytes = 99_999 }
        #expect(less.failure(sealed)?.reason == .payloadRefused)
    }

    @Test func namesThatCannotBeMatchedOrWrittenDownAreRefusedWhereHeadersAreSealed() throws {
        for name in [[0x68, 0], [0xFF, 0x68], [UInt8](repeating: 0x68, count: 32_768)] {
            var record = record
            record.headers.append(.init(name: name, value: [1]))
            #expect(try fixture.encryptor(rules).failure(record)?.reason == .payloadRefused)
            #expect(try fixture.encryptor(EncryptionRules(value: .payload())).failure(record) == nil)
        }
    }

    @Test func aShapeThatCannotBeMadeIsRefusedEachTimeItIsAskedFor() throws {
        let name = String(repeating: "n", count: 100)
        let encryptor = try fixture.encryptor((0..<900).map { "\(name)\($0)" })
        #expect(encryptor.failure(TestRecord(nil)) == nil)
        for _ in 0..<3 { #expect(encryptor.failure(TestRecord("{}"))?.reason == .envelopeTooLarge) }
        #expect(encryptor.failure(TestRecord(nil)) == nil)
    }

    @Test func anEnvelopeOfVeryManyHeaderNamesIsRefusedByTheWriter() throws {
        let rules = EncryptionRules(value: try .payload(), headers: [try .named(".*")])
        var record = TestRecord("v")
        record.headers = (0..<4_000).map { .init(name: Array("header-number-\($0)".utf8), value: [1]) }
        let encryptor = try fixture.encryptor(rules)
        #expect(encryptor.failure(record)?.reason == .envelopeTooLarge)
        // Asked again, it says the same, and the next record is none the worse.
        #expect(encryptor.failure(record)?.reason == .envelopeTooLarge)
        #expect(try fixture.decryptor()(encryptor(TestRecord("v")).written()).text == "v")
    }
}

extension TestRecord {
    fileprivate func with(_ change: (inout TestRecord) -> Void) -> TestRecord {
        var copy = self
        change(&copy)
        return copy
    }
}
