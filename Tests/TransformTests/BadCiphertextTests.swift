import KeyManagement
import Records
import Testing

@testable import Transform

/// What a decrypt pair makes of records that were changed after they were sealed.
@Suite struct BadCiphertextTests {
    static let plain = TestRecord(#"{"a":"first secret","b":"other secret","list":["x1","x2"]}"#)
    static let paths = ["a", "b", "list[*]"]

    let fixture: TransformFixture
    let sealed: TestRecord

    init() throws {
        fixture = try TransformFixture()
        sealed = try fixture.encryptor(Self.paths)(Self.plain).written()
    }

    /// The ciphertexts in the order of the record.
    private func ciphertexts(of record: TestRecord) throws -> [String] {
        let parts = try #require(record.text).split(separator: "\"", omittingEmptySubsequences: false)
        return parts.filter { $0.count >= 56 }.map(String.init)
    }

    private func replacing(_ old: String, by new: String) throws -> TestRecord {
        var copy = sealed
        let text = try #require(sealed.text)
        let place = try #require(text.firstRange(of: old))
        copy.value = Array((text[..<place.lowerBound] + new + text[place.upperBound...]).utf8)
        return copy
    }

    private func withEnvelope(_ old: String, _ new: String) throws -> TestRecord {
        let envelope = try #require(sealed.header("fieldseal.envelope"))
        let place = try #require(envelope.firstRange(of: old))
        var copy = sealed
        copy.setHeader(
            "fieldseal.envelope", String(envelope[..<place.lowerBound] + new + envelope[place.upperBound...]))
        return copy
    }

    @Test func everyFlippedByteOfACiphertextIsNoticed() throws {
        let decryptor = try fixture.decryptor()
        let text = try ciphertexts(of: sealed)[0]
        let bytes = try #require(Base64.decode(text))
        for index in bytes.indices {
            var flipped = bytes
            flipped[index] ^= 1 << UInt8(index % 8)
            let failure = decryptor.failure(try replacing(text, by: Base64.encode(flipped)))
            #expect(failure?.reason == .authenticationFailed)
            #expect(failure?.field == "a")
        }
        for count in 0..<bytes.count {
            let cut = Base64.encode(Array(bytes.prefix(count)))
            #expect(decryptor.failure(try replacing(text, by: cut)) != nil)
        }
    }

    @Test(arguments: [(0, 1), (2, 3), (0, 2)])
    func ciphertextsThatChangedPlacesDoNotOpen(first: Int, second: Int) throws {
        let all = try ciphertexts(of: sealed)
        try #require(all.count == 4)
        var swapped = try replacing(all[first], by: "FIRST")
        let text = try #require(swapped.text)
        let place = try #require(text.firstRange(of: all[second]))
        let half = text[..<place.lowerBound] + all[first] + text[place.upperBound...]
        let spot = try #require(half.firstRange(of: "FIRST"))
        swapped.value = Array((half[..<spot.lowerBound] + all[second] + half[spot.upperBound...]).utf8)
        #expect(try fixture.decryptor().failure(swapped)?.reason == .authenticationFailed)
    }

    @Test(arguments: ["k2", "", nil])
    func aRecordUnderAnotherKeyDoesNotOpen(key: String?) throws {
        var moved = sealed
        moved.key = key.map { Array($0.utf8) }
        #expect(try fixture.decryptor().failure(moved)?.reason == .authenticationFailed)
    }

    @Test func aRecordThatIsNotBoundOpensUnderAnyKey() throws {
        var moved = try fixture.encryptor(Self.paths, bindsKey: false)(Self.plain).written()
        moved.key = nil
        #expect(try fixture.decryptor()(moved).value == Self.plain.value)
    }

    @Test func onlyCanonicalBase64IsACiphertext() throws {
        let decryptor = try fixture.decryptor()
        let text = try ciphertexts(of: sealed)[0]
        let forms = [
            text + "=", " " + text, text + "\\n", "=", String(text.dropLast()), "====", text + "AAAA\u{e9}",
            text.replacing("A", with: "_", maxReplacements: 1) + "-",
        ]
        for form in forms {
            #expect(decryptor.failure(try replacing(text, by: form))?.reason == .layoutMismatch, "\(form)")
        }
    }

    @Test(arguments: ["17", "true", "{}", "[]"])
    func aTokenThatIsNoStringIsNoCiphertext(token: String) throws {
        let text = try ciphertexts(of: sealed)[0]
        let failure = try #require(
            fixture.decryptor().failure(try replacing("\"\(text)\"", by: token)))
        #expect(failure.reason == .layoutMismatch)
        #expect(failure.field == "a")
    }

    @Test(arguments: [
        (#""v":1"#, #""v":2"#), (#""v":1"#, #""v":1,"v":1"#), (#""v":1"#, #""v":1,"w":1"#), (#""v":1,"#, ""),
        (#""key":0"#, #""key":1"#), (#""key":0"#, #""key":-1"#), (#""key":0"#, #""key":99999999999999999999"#),
        (#"["AES256_GCM"]"#, #"["AES256_GCM","AES256_GCM"]"#), (#"["AES256_GCM"]"#, #"["ROT13"]"#),
        (#"["key"]"#, #"["key","key"]"#), (#"["key"]"#, #"["value"]"#), (#""pad":16"#, #""pad":0"#),
        (#""pad":16"#, #""pad":257"#), (#""path":"b""#, #""path":"a""#), (#""path":"b""#, #""path":"b.""#),
        ("\n[{", "\n[{\"x\":1,"), ("\n", ""), ("\n[{\"kek\"", "\n[{\"kik\""),
    ])
    func aMalformedEnvelopeIsRefused(old: String, new: String) throws {
        let failure = try fixture.decryptor().failure(try withEnvelope(old, new))
        #expect(failure?.reason == .malformedEnvelope)
        #expect(failure?.isTransient == false)
    }

    @Test(arguments: [
        (#""bind":["key"],"#, ""), (#""pad":16,"#, ""), (#""pad":16"#, #""pad":1"#),
        (#""AES256_GCM""#, #""AES128_GCM""#), (#""path":"b""#, #""path":"c""#), (#"{"v":1"#, #"{ "v":1"#),
    ])
    func aLayoutOfAnotherMeaningOpensNothing(old: String, new: String) throws {
        #expect(try fixture.decryptor().failure(try withEnvelope(old, new)) != nil)
    }

    @Test func anEnvelopeOfOneByteTooManyIsRefused() throws {
        let count = try #require(sealed.header("fieldseal.envelope")).utf8.count
        let spaces = String(repeating: " ", count: 65_536 - count)
        let longest = try fixture.decryptor().failure(try withEnvelope("\n[", "\n[" + spaces))
        #expect(longest?.reason != .malformedEnvelope || longest?.message.contains("65536") == false)
        let failure = try fixture.decryptor().failure(try withEnvelope("\n[", "\n[ " + spaces))
        #expect(failure?.reason == .malformedEnvelope)
    }

    @Test func aForeignTopicIsRefusedUnlessAccepted() throws {
        let copy = sealed.written(to: "mirror")
        #expect(try fixture.decryptor().failure(copy)?.reason == .foreignTopic)
        let accepting = try fixture.decryptor(acceptedTopics: [TransformFixture.target])
        #expect(try accepting(copy).value == Self.plain.value)
    }

    @Test func aKEKThatIsNotAllowedIsRefusedWithoutACallToTheKMS() throws {
        var inMemory = InMemorySettings()
        inMemory.keys["pii"] = [UInt8](repeating: 1, count: 32).withUnsafeBytes { SecretBytes(copying: $0) }
        let settings = KeyManagementSettings(inMemory: inMemory)
        let service = CountingService(try KeyManagementServices(settings))
        let reader = DataKeyReader(cache: DataKeyCache(settings, service: service))
        let refusing = try RecordDecryptor(
            rules: DecryptionRules(errorPolicy: .fail, keks: [try KeySecretPattern(parsing: "in-memory-kms://money")]),
            keys: reader)
        #expect(refusing.failure(sealed)?.reason == .kekNotAllowed)
        #expect(service.unwrapCount == 0)

        let allowing = try RecordDecryptor(
            rules: DecryptionRules(errorPolicy: .fail, keks: [try KeySecretPattern(parsing: "in-memory-kms://pii")]),
            keys: reader)
        #expect(try allowing(sealed).value == Self.plain.value)
        #expect(service.unwrapCount == 1)
    }

    @Test func aRecordWithoutItsEnvelopeIsNotEncryptedAndPassesOnlyWhereAllowed() throws {
        var stripped = sealed
        stripped.setHeader("fieldseal.envelope", nil)
        #expect(try fixture.decryptor().failure(stripped)?.reason == .notEncrypted)
        #expect(try fixture.decryptor(errorPolicy: .returnEncrypted).failure(stripped)?.reason == .notEncrypted)
        #expect(try fixture.decryptor(plainPolicy: .pass)(stripped) == stripped)
    }

    @Test func aValueUnderATombstonesEnvelopeIsNotEncrypted() throws {
        var planted = Self.plain.written()
        let tombstone = try fixture.encryptor(Self.paths)(TestRecord(nil))
        planted.setHeader("fieldseal.envelope", tombstone.header("fieldseal.envelope"))
        #expect(try fixture.decryptor().failure(planted)?.reason == .notEncrypted)
    }

    @Test func anErasedValueUnderASealingEnvelopeIsRefused() throws {
        var erased = sealed
        erased.value = nil
        #expect(try fixture.decryptor().failure(erased)?.reason == .layoutMismatch)
    }

    @Test(arguments: ["fieldseal.value", "fieldseal.key", "fieldseal.opened", "fieldseal.defaulted", "fieldseal.new"])
    func aHeaderOfFieldsealsThatTheLayoutDoesNotCallForIsRefused(name: String) throws {
        for value in ["[]", "{}", #"{"a":"AAAA"}"#, "", "x"] {
            var extended = sealed
            extended.setHeader(name, value)
            #expect(try fixture.decryptor().failure(extended) != nil, "\(name): \(value)")
        }
    }

    @Test func returnEncryptedPassesTheRecordOnAsItCame() throws {
        let decryptor = try fixture.decryptor(errorPolicy: .returnEncrypted)
        let text = try ciphertexts(of: sealed)[0]
        let changed = try replacing(text, by: String(text.reversed()))
        #expect(try decryptor(changed) == changed)
        #expect(decryptor.passedOn != nil)
        #expect(try decryptor(sealed).value == Self.plain.value)
        #expect(decryptor.passedOn == nil)
    }

    @Test func aRecordOpenedInPartKeepsTheRestSealed() throws {
        let partly = try fixture.decryptor(["a"])(sealed)
        #expect(partly.text?.contains("first secret") == true)
        #expect(partly.text?.contains("other secret") == false)
        #expect(partly.header("fieldseal.envelope") == sealed.header("fieldseal.envelope"))
        #expect(partly.header("fieldseal.opened") == #"["value:a"]"#)
        #expect(try fixture.encryptor(["b"]).failure(partly)?.reason == .alreadyEncrypted)
    }

    @Test func noMutationOfARecordOpensToAnotherPlaintext() throws {
        var state: UInt64 = 20_261_124
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        func mutate(_ bytes: inout [UInt8]) {
            let place = random(bytes.count)
            switch random(4) {
            case 0: bytes[place] ^= 1 << UInt8(random(8))
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(UInt8(random(256)), at: place)
            default: bytes.removeSubrange(place..<min(bytes.count, place + 1 + random(9)))
            }
        }
        let decryptor = try fixture.decryptor()
        var refused = 0
        for _ in 0..<2_000 {
            var copy = sealed
            if random(2) == 0 { mutate(&copy.value!) } else { mutate(&copy.headers[0].value!) }
            if let opened = try? decryptor(copy) {
                // What is not sealed is not authenticated: a member whose name was changed is another, plain one.
                for (member, secret) in [("\"a\":\"", "first secret"), ("\"b\":\"", "other secret")]
                where copy.text?.contains(member) == true {
                    #expect(opened.text?.contains(member + secret + "\"") == true, "\(copy.text ?? "")")
                }
            } else {
                refused += 1
            }
        }
        #expect(refused > 1_000)
    }
}
