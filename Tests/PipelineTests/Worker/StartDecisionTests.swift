import Testing

@testable import Pipeline

@Suite("Where reading starts")
struct StartDecisionTests {
    @Test("A committed offset is what counts, whatever the configuration says")
    func committed() {
        let decision = StartDecision.decide(
            committed: 7, startFrom: .latest, targetHighWatermark: 5, target: "target")
        #expect(decision == .committed(7))
    }

    @Test("Without one it is what the configuration says", arguments: [Int64(0), 5])
    func startFrom(high: Int64) {
        let decision = StartDecision.decide(
            committed: nil, startFrom: .time(3), targetHighWatermark: high, target: "target")
        #expect(decision == .lookUp(.time(3)))
    }

    @Test("Without either it is the earliest if the target was never written to, and nowhere otherwise")
    func neither() {
        let empty = StartDecision.decide(committed: nil, startFrom: nil, targetHighWatermark: 0, target: "target")
        let used = StartDecision.decide(committed: nil, startFrom: nil, targetHighWatermark: 1, target: "target")
        #expect(empty == .lookUp(.earliest))
        #expect(used == .halt(.noCommittedOffset(target: "target")))
    }

    @Test("On a topic that has appeared meanwhile, the latest is the earliest, unless its target was written to before")
    func late() {
        func decide(_ start: TopicPair.StartPosition, high: Int64) -> StartDecision {
            .decide(committed: nil, startFrom: start, isLate: true, targetHighWatermark: high, target: "target")
        }
        #expect(decide(.latest, high: 0) == .lookUp(.earliest))
        #expect(decide(.latest, high: 1) == .lookUp(.latest))
        #expect(decide(.time(3), high: 0) == .lookUp(.time(3)))
    }
}
