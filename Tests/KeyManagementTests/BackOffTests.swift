import Testing

@testable import KeyManagement

@Suite struct BackOffTests {
    private let backOff = BackOff(first: 100, longest: 30_000)

    @Test(
        arguments: [(0, 100), (1, 100), (2, 200), (3, 400), (9, 25_600), (10, 30_000), (64, 30_000)] as [(Int, Int64)])
    func theDelayDoublesUpToTheLongest(failures: Int, expected: Int64) {
        #expect(backOff.delay(afterFailures: failures, jitter: 0) == expected)
    }

    @Test func jitterTakesAwayAtMostAHalf() {
        var generator = SeededGenerator(seed: 3)
        let delays = (0..<1_000).map { _ in backOff.delay(afterFailures: 4, jitter: generator.next()) }
        #expect(delays.allSatisfy { (400...800).contains($0) })
        #expect(Set(delays).count > 100)
        #expect((400...800).contains(backOff.delay(afterFailures: 4, jitter: .max)))
    }
}
