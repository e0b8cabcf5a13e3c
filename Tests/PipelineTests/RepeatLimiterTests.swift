import Testing

@testable import Pipeline

@Suite("Equal lines of the log")
struct RepeatLimiterTests {
    @Test("The first is written, the others of its minute are counted, and the next one tells how many")
    func counted() {
        let limiter = RepeatLimiter()
        #expect(limiter.admit("a", now: 0) == 0)
        for now in 1...41 { #expect(limiter.admit("a", now: Int64(now)) == nil) }
        #expect(limiter.admit("b", now: 50) == 0)
        #expect(limiter.admit("a", now: RepeatLimiter.interval - 1) == nil)
        #expect(limiter.admit("a", now: RepeatLimiter.interval) == 42)
        #expect(limiter.admit("a", now: RepeatLimiter.interval * 2) == 0)
    }

    @Test("However many kinds there are, memory is bounded and new ones are written")
    func bounded() {
        let limiter = RepeatLimiter()
        for kind in 0..<10_000 { #expect(limiter.admit("\(kind)", now: 0) == 0) }
    }
}
