import Testing

@testable import Pipeline

@Suite("When a pair works on demand")
struct DemandStateMachineTests {
    private typealias Action = DemandStateMachine.Action

    private func machine(consumers: Bool = true, leases: Bool = true) -> DemandStateMachine {
        DemandStateMachine(consumers: consumers, leases: leases, idleAfter: 1_000)
    }

    @Test("It begins idle, and settles once both kinds of demand were looked at and stayed away")
    func settling() {
        var machine = machine()
        #expect(machine.tick(now: 0) == .none)
        machine.looked(groups: [])
        #expect(machine.tick(now: 5_000) == .none)
        #expect(machine.tick(now: 50_000) == .none)
        machine.looked(leases: [])
        #expect(machine.tick(now: 60_000) == .none)
        #expect(machine.tick(now: 60_999) == .none)
        #expect(!machine.isWorking)
        #expect(machine.tick(now: 61_000) == .settle)
        #expect(machine.tick(now: 99_000) == .none)
    }

    @Test("A consumer or a lease begins the work at once, even before the other kind is known")
    func beginning() {
        var first = machine()
        first.looked(leases: ["l"])
        #expect(first.tick(now: 0) == .begin([.lease("l")]))
        #expect(first.isWorking)
        var second = machine()
        second.looked(groups: ["g"])
        #expect(second.tick(now: 0) == .begin([.group("g")]))
        #expect(second.tick(now: 0) == .none)
    }

    @Test("Work ends when demand has stayed away long enough, and tells everyone who wanted it")
    func ending() {
        var machine = machine()
        machine.looked(groups: ["g"])
        machine.looked(leases: [])
        _ = machine.tick(now: 0)
        machine.looked(leases: ["l"])
        #expect(machine.tick(now: 10) == .none)
        machine.looked(groups: [])
        #expect(machine.tick(now: 20) == .none)
        machine.looked(leases: [])
        #expect(machine.tick(now: 30) == .none)
        #expect(machine.tick(now: 1_029) == .none)
        #expect(machine.isWorking)
        #expect(machine.tick(now: 1_030) == .end([.group("g"), .lease("l")]))
        #expect(!machine.isWorking)
        #expect(machine.tick(now: 9_999) == .none)
    }

    @Test("Demand that comes back in time does not end the work, and the time counts anew")
    func comingBack() {
        var machine = machine()
        machine.looked(leases: [])
        machine.looked(groups: ["g"])
        _ = machine.tick(now: 0)
        machine.looked(groups: [])
        #expect(machine.tick(now: 100) == .none)
        machine.looked(groups: ["h"])
        #expect(machine.tick(now: 1_050) == .none)
        machine.looked(groups: [])
        #expect(machine.tick(now: 1_100) == .none)
        #expect(machine.tick(now: 2_099) == .none)
        #expect(machine.tick(now: 2_100) == .end([.group("g"), .group("h")]))
        machine.looked(groups: ["g"])
        #expect(machine.tick(now: 2_200) == .begin([.group("g")]))
    }

    @Test("Without a time to wait, work ends with demand")
    func noWaiting() {
        var machine = DemandStateMachine(consumers: true, leases: false, idleAfter: 0)
        machine.looked(groups: ["g"])
        _ = machine.tick(now: 5)
        machine.looked(groups: [])
        #expect(machine.tick(now: 6) == .end([.group("g")]))
    }

    @Test("What is not looked at is not waited for", arguments: [true, false])
    func oneKind(consumers: Bool) {
        var machine = machine(consumers: consumers, leases: !consumers)
        if consumers { machine.looked(groups: []) } else { machine.looked(leases: []) }
        #expect(machine.tick(now: 0) == .none)
        #expect(machine.tick(now: 1_000) == .settle)
    }

    @Test("Over any sequence, it works while there is demand and never after it stayed away", arguments: 0..<20)
    func property(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var machine = machine()
        machine.looked(groups: [])
        machine.looked(leases: [])
        var lastWanted: Int64?
        var works = false
        for now in stride(from: Int64(0), to: 100_000, by: 100) {
            let groups: Set<String> = Int.random(in: 0..<20, using: &random) == 0 ? ["g"] : []
            let leases: Set<String> = Int.random(in: 0..<20, using: &random) == 0 ? ["l"] : []
            machine.looked(groups: groups)
            machine.looked(leases: leases)
            switch machine.tick(now: now) {
            case .begin:
                #expect(!works)
                works = true
            case .end:
                #expect(works)
                works = false
            case .settle: #expect(lastWanted == nil)
            case .none: break
            }
            if !groups.isEmpty || !leases.isEmpty {
                lastWanted = now
                #expect(works)
            }
            if let lastWanted {
                // Demand is seen to be gone one look later.
                #expect(works == (now - lastWanted < 1_100))
            } else {
                #expect(!works)
            }
            #expect(machine.isWorking == works)
        }
    }
}
