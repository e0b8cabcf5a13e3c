import Testing

@testable import KeyManagement

@Suite final class CircuitBreakerTests {
    private var breaker = CircuitBreaker()

    private let failure = KeyManagementError.unavailable(key: Sample.key, reason: "down")

    private func open() {
        for _ in 0..<CircuitBreaker.threshold { _ = breaker.failed(failure, now: 0, jitter: 0) }
    }

    private func isRefused(at now: Int64) -> Bool { breaker.refusal(now: now) != nil }

    private func fails(at now: Int64) -> Bool { breaker.failed(failure, now: now, jitter: 0) }

    @Test func itOpensWithTheFifthFailureInARow() {
        for count in 1...CircuitBreaker.threshold {
            #expect(!isRefused(at: 0))
            #expect(fails(at: 0) == (count == CircuitBreaker.threshold))
        }
        #expect(isRefused(at: 0))
    }

    @Test func anAnswerStartsTheCountAnew() {
        for _ in 1..<CircuitBreaker.threshold { _ = breaker.failed(failure, now: 0, jitter: 0) }
        let wasOpen = breaker.answered()
        #expect(!wasOpen)
        for _ in 1..<CircuitBreaker.threshold { #expect(!fails(at: 0)) }
        #expect(!isRefused(at: 0))
    }

    @Test func afterItsTimeItLetsOneCallThrough() {
        open()
        #expect(isRefused(at: 999))
        #expect(!isRefused(at: 1_000))
        #expect(isRefused(at: 1_000))
        let wasOpen = breaker.answered()
        #expect(wasOpen)
        #expect(!isRefused(at: 1_000))
    }

    @Test func aFailedTryDoublesTheTimeUpToHalfAMinute() {
        open()
        var now: Int64 = 0
        for pause: Int64 in [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000] {
            #expect(isRefused(at: now + pause - 1))
            now += pause
            #expect(!isRefused(at: now))
            #expect(!fails(at: now))
        }
    }

    @Test func aTryThatDidNotReachTheKMSLetsTheNextOneThrough() {
        open()
        #expect(!isRefused(at: 1_000))
        breaker.undecided()
        #expect(!isRefused(at: 1_000))
    }
}
