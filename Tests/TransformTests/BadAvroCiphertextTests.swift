import Records
import Testing

@testable import Transform

/// What a decrypt pair makes of Avro records that were changed after they were sealed.
@Suite struct BadAvroCiphertextTests {
    let fixture: AvroFixture
    let plain = TestRecord(AvroFixture.person())
    let sealed: TestRecord

    init() throws {
        fixture = try AvroFixture()
        sealed = try fixture.encryptor()(plain).written()
    }

    /// The members of `fieldseal.value`, each with its quotes.
    private func members() throws -> [String] {
        let header = try #require(sealed.header("fieldseal.value"))
        return header.dropFirst().dropLast().split(separator: ",").map(String.init)
    }

    private func with(_ members: [String]) -> TestRecord {
        var copy = sealed
        copy.setHeader("fieldseal.value", "{\(members.joined(separator: ","))}")
        return copy
    }

    @Test func theUntouchedRecordOpens() throws {
        #expect(try members().count == 4)
        #expect(try with(members()).header("fieldseal.value") == sealed.header("fieldseal.value"))
        #expect(try fixture.decryptor()(with(members())).value == plain.value)
    }

    @Test func aMissingCiphertextIsRefusedWhicheverItIs() throws {
        let decryptor = try fixture.decryptor()
        for index in try members().indices {
            var fewer = try members()
            fewer.remove(at: index)
            #expect(decryptor.failure(with(fewer))?.reason == .layoutMismatch)
        }
        var none = sealed
        none.setHeader("fieldseal.value", nil)
        #expect(decryptor.failure(none)?.reason == .layoutMismatch)
        #expect(decryptor.failure(with([]))?.reason == .layoutMismatch)
    }

    @Test func anotherOrderThanThatOfTheRecordIsRefused() throws {
        let decryptor = try fixture.decryptor()
        for index in try members().indices.dropLast() {
            var swapped = try members()
            swapped.swapAt(index, index + 1)
            #expect(decryptor.failure(with(swapped))?.reason == .layoutMismatch)
        }
    }

    @Test(arguments: [
        #""note":"AAAA""#, #""ssn":"AAAA""#, #""banks[2].balance":"AAAA""#, #""nowhere":"AAAA""#, #""":"""#,
        #""age":1"#,
        #""x":{}"#,
    ])
    func aCiphertextTooManyIsRefusedWhereverItStands(member: String) throws {
        let decryptor = try fixture.decryptor()
        for index in 0...(try members().count) {
            var more = try members()
            more.insert(member, at: index)
            #expect(decryptor.failure(with(more)) != nil)
        }
    }

    @Test func aCiphertextTwiceIsRefused() throws {
        let decryptor = try fixture.decryptor()
        for index in try members().indices {
            var more = try members()
            more.insert(more[index], at: index)
            #expect(decryptor.failure(with(more))?.reason == .layoutMismatch)
        }
        var doubled = sealed
        doubled.headers.append(try #require(sealed.headers.first))
        #expect(decryptor.failure(doubled)?.reason == .malformedEnvelope)
    }

    @Test func ciphertextsThatChangedPlacesDoNotOpen() throws {
        let decryptor = try fixture.decryptor()
        let parts = try members().map { $0.split(separator: ":").map(String.init) }
        for (first, second) in [(0, 1), (1, 2), (2, 3)] {
            var swapped = parts
            (swapped[first][1], swapped[second][1]) = (swapped[second][1], swapped[first][1])
            let failure = decryptor.failure(with(swapped.map { $0.joined(separator: ":") }))
            #expect(failure?.reason == .authenticationFailed)
        }
    }

    @Test func everyFlippedBitOfTheCiphertextsInTheHeaderIsNoticed() throws {
        let decryptor = try fixture.decryptor()
        let all = try members()
        for (index, member) in all.enumerated() {
            let parts = member.split(separator: ":").map(String.init)
            let bytes = try #require(Base64.decode(String(parts[1].dropFirst().dropLast())))
            for place in bytes.indices {
                var flipped = bytes
                flipped[place] ^= 1 << UInt8(place % 8)
                var changed = all
                changed[index] = "\(parts[0]):\"\(Base64.encode(flipped))\""
                #expect(decryptor.failure(with(changed))?.reason == .authenticationFailed)
            }
        }
    }

    @Test func whatAPlaceholderHoldsIsNotChecked() throws {
        // The age's placeholder is five bytes after the ssn and the tenant; any other int in its place is dropped too.
        var other = sealed
        let placeholder = AvroBytes().long(Int(Int32.min)).bytes
        let place = try #require(sealed.value?.firstRange(of: placeholder))
        other.value?.replaceSubrange(place, with: AvroBytes().long(7).bytes)
        #expect(try fixture.decryptor()(other).value == plain.value)
    }

    @Test func noMutationOfARecordOpensToAnotherPlaintext() throws {
        var random = SplitMix(seed: 20_261_124)
        let decryptor = try fixture.decryptor()
        let truth = try fixture.contents(of: plain, AvroFixture.personFields)
        var outcomes: [Bool: Int] = [:]
        for round in 0..<4_000 {
            var copy = sealed
            for _ in 0...random.below(2) { copy.mutate(&random) }
            guard copy != sealed else { continue }
            let opened = try? decryptor(copy)
            outcomes[opened != nil, default: 0] += 1
            guard let opened else { continue }
            // What is not sealed is not authenticated, such as how many banks there are; what opens is what was sealed.
            for (path, content) in try fixture.contents(of: opened, AvroFixture.personFields) {
                #expect(truth[path] == content, "\(path) in round \(round)")
            }
        }
        #expect((outcomes[false] ?? 0) > 2_000)
        #expect((outcomes[true] ?? 0) > 50, "some changes are of no account, such as one of a note")
    }

    @Test func noMutationOfAPlainRecordIsSealedToAnotherOne() throws {
        var random = SplitMix(seed: 4_711)
        let (encryptor, decryptor) = (try fixture.encryptor(), try fixture.decryptor())
        var sealedCount = 0
        for _ in 0..<4_000 {
            var copy = plain
            for _ in 0...random.below(3) { copy.mutateValue(&random) }
            guard let sealed = try? encryptor(copy) else { continue }
            sealedCount += 1
            #expect(try decryptor(sealed.written()) == copy.written())
        }
        #expect(sealedCount > 100)
    }
}

extension TestRecord {
    /// Changes one place of the value or of a header.
    fileprivate mutating func mutate(_ random: inout SplitMix) {
        let place = random.below(headers.count + 1)
        guard place < headers.count else { return mutateValue(&random) }
        headers[place].value?.mutate(&random)
    }

    fileprivate mutating func mutateValue(_ random: inout SplitMix) {
        value?.mutate(&random)
    }
}

extension [UInt8] {
    /// Changes, drops or adds a few bytes.
    fileprivate mutating func mutate(_ random: inout SplitMix) {
        guard !isEmpty else { return append(random.byte()) }
        let place = random.below(count)
        switch random.below(6) {
        case 0: self[place] ^= 1 << UInt8(random.below(8))
        case 1: self[place] = random.byte()
        case 2: remove(at: place)
        case 3: insert(random.byte(), at: place)
        case 4: removeSubrange(place..<Swift.min(count, place + 1 + random.below(9)))
        default: removeLast(Swift.min(count, random.below(20)))
        }
    }
}
