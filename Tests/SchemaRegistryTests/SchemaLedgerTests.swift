import Testing

@testable import SchemaRegistry

@Suite struct SchemaLedgerTests {
    private var generator = SystemRandomNumberGenerator()

    private func schema(_ id: UInt32, bytes: Int = 8) -> RegisteredSchema {
        RegisteredSchema(id: id, type: .avro, text: String(repeating: "x", count: bytes))
    }

    private mutating func know(_ ledger: inout SchemaLedger, _ id: UInt32, bytes: Int = 8) {
        _ = ledger.want(id: id, now: 0)
        #expect(ledger.nextToFetch() == id)
        ledger.settle(id: id, .success(schema(id, bytes: bytes)), now: 0, using: &generator)
    }

    private func state(_ ledger: inout SchemaLedger, _ id: UInt32, now: Int64 = 0) -> SchemaRegistryError? {
        do throws(SchemaRegistryError) {
            _ = try ledger.look(id: id, now: now)
            return nil
        } catch { return error }
    }

    @Test mutating func anIDIsFetchedOnceHoweverManyWantIt() {
        var ledger = SchemaLedger(capacity: 10)
        #expect(state(&ledger, 7) == .pending(id: 7))
        #expect(ledger.want(id: 7, now: 0) == .queued)
        #expect(ledger.want(id: 7, now: 0) == .underWay)
        #expect(ledger.nextToFetch() == 7)
        #expect(ledger.want(id: 7, now: 0) == .underWay)
        #expect(ledger.nextToFetch() == nil)
        ledger.settle(id: 7, .success(schema(7)), now: 0, using: &generator)
        #expect(ledger.want(id: 7, now: 0) == .settled)
        #expect(state(&ledger, 7) == nil)
        #expect(ledger.nextToFetch() == nil)
    }

    @Test mutating func aRefusalIsBelievedForAWhileAndThenAskedAboutAgain() {
        var ledger = SchemaLedger(capacity: 10)
        _ = ledger.want(id: 7, now: 1_000)
        _ = ledger.nextToFetch()
        ledger.settle(id: 7, .failure(.unknownSchema(id: 7)), now: 1_000, using: &generator)
        let end = 1_000 + SchemaCache.refusalMilliseconds
        #expect(state(&ledger, 7, now: end - 1) == .unknownSchema(id: 7))
        #expect(ledger.want(id: 7, now: end - 1) == .settled)
        #expect(state(&ledger, 7, now: end) == .pending(id: 7))
        #expect(ledger.want(id: 7, now: end) == .queued)
        _ = ledger.nextToFetch()
        ledger.settle(id: 7, .success(schema(7)), now: end, using: &generator)
        #expect(state(&ledger, 7, now: end) == nil)
    }

    @Test mutating func silenceIsAskedAboutLessAndLessOften() {
        var ledger = SchemaLedger(capacity: 10)
        var now: Int64 = 0
        let error = SchemaRegistryError.unreachable(id: 7, reason: "no")
        for failure in 1...40 {
            #expect(ledger.want(id: 7, now: now) == .queued)
            #expect(ledger.nextToFetch() == 7)
            ledger.settle(id: 7, .failure(error), now: now, using: &generator)
            #expect(state(&ledger, 7, now: now) == error)
            guard case .waiting(let until) = ledger.want(id: 7, now: now) else {
                Issue.record("not waiting after failure \(failure)")
                return
            }
            let ceiling = min(10_000, Int64(100) << min(failure - 1, 10))
            #expect((ceiling / 2...ceiling).contains(until - now))
            now = until
        }
    }

    @Test mutating func oneSilenceAnswersEveryoneWhoIsQueued() {
        var ledger = SchemaLedger(capacity: 10)
        for id: UInt32 in 1...3 { _ = ledger.want(id: id, now: 0) }
        #expect(ledger.nextToFetch() == 1)
        ledger.settle(id: 1, .failure(.unreachable(id: 1, reason: "no")), now: 0, using: &generator)
        #expect(ledger.nextToFetch() == nil)
        for id: UInt32 in 1...3 { #expect(state(&ledger, id) == .unreachable(id: id, reason: "no")) }
    }

    @Test mutating func aRefusalOfOneHoldsUpNoOther() {
        var ledger = SchemaLedger(capacity: 10)
        for id: UInt32 in 1...2 { _ = ledger.want(id: id, now: 0) }
        #expect(ledger.nextToFetch() == 1)
        ledger.settle(id: 1, .failure(.refused(id: 1, status: 500, message: "")), now: 0, using: &generator)
        #expect(ledger.nextToFetch() == 2)
    }

    @Test mutating func theLeastRecentlyUsedLeavesFirst() {
        var ledger = SchemaLedger(capacity: 3)
        for id: UInt32 in 1...3 { know(&ledger, id) }
        #expect(state(&ledger, 1) == nil)
        know(&ledger, 4)
        #expect(ledger.count == 3)
        #expect(state(&ledger, 2) == .pending(id: 2))
        for id: UInt32 in [1, 3, 4] { #expect(state(&ledger, id) == nil) }
    }

    @Test mutating func refusedIDsDoNotPileUp() {
        var ledger = SchemaLedger(capacity: 16)
        for id: UInt32 in 1...10_000 {
            _ = ledger.want(id: id, now: 0)
            _ = ledger.nextToFetch()
            ledger.settle(id: id, .failure(.unknownSchema(id: id)), now: 0, using: &generator)
        }
        #expect(ledger.count == 16)
    }

    @Test mutating func textsAreBoundedTogetherToo() {
        var ledger = SchemaLedger(capacity: 1_000)
        let piece = SchemaLedger.maximumKnownBytes / 4
        for id: UInt32 in 1...8 { know(&ledger, id, bytes: piece) }
        #expect(ledger.count == 4)
        #expect(state(&ledger, 8) == nil)
    }

    @Test mutating func aFetchUnderWayIsNeverForgotten() {
        var ledger = SchemaLedger(capacity: 1)
        _ = ledger.want(id: 1, now: 0)
        _ = ledger.nextToFetch()
        know(&ledger, 2)
        #expect(ledger.want(id: 1, now: 0) == .underWay)
        ledger.settle(id: 1, .success(schema(1)), now: 0, using: &generator)
        #expect(state(&ledger, 1) == nil)
        #expect(ledger.count == 1)
    }

    /// A model in one line for each state, checked against random events.
    @Test(arguments: 0..<20)
    mutating func randomEventsNeverLoseAFetchOrExceedTheBounds(seed: UInt64) {
        var dice = SplitMix(state: seed)
        var ledger = SchemaLedger(capacity: 8)
        var underWay: Set<UInt32> = []
        var now: Int64 = 0
        for _ in 0..<2_000 {
            now += Int64.random(in: 0...500, using: &dice)
            let id = UInt32.random(in: 1...20, using: &dice)
            switch Int.random(in: 0..<3, using: &dice) {
            case 0: _ = state(&ledger, id, now: now)
            case 1: _ = ledger.want(id: id, now: now)
            default:
                guard let next = ledger.nextToFetch() else { continue }
                #expect(underWay.insert(next).inserted, "fetched twice at a time")
                let result: Result<RegisteredSchema, SchemaRegistryError> =
                    switch Int.random(in: 0..<3, using: &dice) {
                    case 0: .success(schema(next))
                    case 1: .failure(.unknownSchema(id: next))
                    default: .failure(.unreachable(id: next, reason: ""))
                    }
                ledger.settle(id: next, result, now: now, using: &dice)
                underWay.remove(next)
                let expected: SchemaRegistryError? = if case .failure(let error) = result { error } else { nil }
                #expect(state(&ledger, next, now: now) == expected)
            }
            // Only ids that wait for a fetch may exceed the capacity, and there are 20 at most.
            #expect(ledger.count <= 20)
        }
    }
}
