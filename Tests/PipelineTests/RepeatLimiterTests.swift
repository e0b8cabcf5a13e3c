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

    @Test("Messages that differ in numbers alone are of one kind; another cause or another broker is of another")
    func kinds() {
        let refused = "b1.example:9092/1: Connect to ipv4#10.0.0.1:9092 failed: Connection refused (after 0ms)"
        let kind = RepeatLimiter.kind(of: refused)
        #expect(kind == RepeatLimiter.kind(of: refused.replacing("0ms", with: "127ms")))
        #expect(kind != RepeatLimiter.kind(of: "b1.example:9092/1: SASL authentication error (after 0ms)"))
        #expect(kind != RepeatLimiter.kind(of: refused.replacing("b1.example", with: "other.example")))
        let long = String(repeating: "x", count: 100_000)
        #expect(RepeatLimiter.kind(of: long).count < 1_000)
    }

    @Test("However many kinds there are, memory is bounded and new ones are written")
    func bounded() {
        let limiter = RepeatLimiter()
        for kind in 0..<10_000 { #expect(limiter.admit("\(kind)", now: 0) == 0) }
    }
}
