import Testing

@testable import Pipeline

@Suite struct AuditLimiterTests {
    private func failure(_ offset: Int64, partition: Int32 = 0, reason: String = "key_refused") -> AuditEvent {
        AuditEvent(
            .encryptionFailed, pair: "p", topic: "raw", partition: partition, offset: offset, reason: reason)
    }

    @Test("The first ten of a storm are told, and the others as one event with their count a minute later")
    func storm() {
        var limiter = AuditLimiter()
        let told = (0..<1_000).count { limiter.admits(failure(Int64($0)), now: Int64($0)) }
        #expect(told == 10)
        let early = limiter.due(now: 59_999)
        #expect(early.isEmpty)
        let due = limiter.due(now: 60_000)
        #expect(due.count == 1)
        #expect(due.first?.count == 990)
        #expect(due.first?.event.offset == 999)
        #expect(due.first?.event.details == ["firstOffset": "10"])
        let again = limiter.due(now: 120_000)
        #expect(again.isEmpty, "nothing is told twice")
        let isTold = limiter.admits(failure(1_000), now: 120_001)
        #expect(isTold, "a new window begins")
    }

    @Test("Events of another partition or reason are another storm")
    func kinship() {
        var limiter = AuditLimiter()
        for offset in Int64(0)..<10 { _ = limiter.admits(failure(offset), now: 0) }
        let told = [
            limiter.admits(failure(10), now: 0), limiter.admits(failure(10, partition: 1), now: 0),
            limiter.admits(failure(10, reason: "malformed_payload"), now: 0),
        ]
        #expect(told == [false, true, true])
    }

    @Test("What a person did is always told", arguments: [AuditEvent.Kind.recordRead, .leaseTaken, .skipRequested])
    func persons(_ kind: AuditEvent.Kind) {
        var limiter = AuditLimiter()
        let told = (0..<1_000).count { _ in limiter.admits(AuditEvent(kind, pair: "p"), now: 0) }
        #expect(told == 1_000)
    }

    @Test("At the end all that was counted is told at once")
    func end() {
        var limiter = AuditLimiter()
        for offset in Int64(0)..<12 { _ = limiter.admits(failure(offset), now: 0) }
        let counts = limiter.due(now: 1, all: true).map(\.count)
        #expect(counts == [2])
    }

    @Test("More storms than there is room for end the oldest, and lose no count")
    func bounded() {
        var limiter = AuditLimiter()
        var told = 0
        var counted = 0
        for partition in 0..<5_000 {
            for offset in 0..<12 where limiter.admits(failure(Int64(offset), partition: Int32(partition)), now: 0) {
                told += 1
            }
            if partition % 100 == 0 { counted += limiter.due(now: 0).reduce(0) { $0 + $1.count } }
        }
        #expect(counted > 0)
        counted += limiter.due(now: 0, all: true).reduce(0) { $0 + $1.count }
        #expect(told + counted == 60_000)
    }
}
