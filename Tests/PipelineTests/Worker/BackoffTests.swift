import Testing

@testable import Pipeline

@Suite("Back-off")
struct BackoffTests {
    @Test("A pause is between half and all of the doubled one, and never longer than the longest")
    func bounds() {
        var random = SplitMix64(seed: 7)
        for attempts in 0..<200 {
            let full = min(250 << Int64(min(max(attempts - 1, 0), 20)), 30_000)
            let delay = Backoff().delay(after: attempts, random: random.next())
            #expect((Int64(full) / 2...Int64(full)).contains(delay))
        }
    }
}
