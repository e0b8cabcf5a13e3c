import Testing

@testable import KeyManagement

/// A schedule driven by random events, with what must hold after each.
final class ScheduleRun {
    private var schedule: DataKeySchedule
    private let ttl: Int64
    private var now: Int64 = 0
    private var calling: [DataKeyRequest: Int64] = [:]
    private var live: [UInt64: (made: Int64, isHandedOut: Bool)] = [:]
    private var nextIdentity: UInt64 = 1
    private let requests: [DataKeyRequest]

    init(ttl: Int64) {
        self.ttl = ttl
        schedule = DataKeySchedule(policy: .init(ttl: ttl, maxKeys: 3))
        requests = (0..<5).map { Sample.request("k\($0)") } + (0..<5).map { Sample.request(edek: "e\($0)") }
    }

    func run(_ generator: inout SeededGenerator) {
        for _ in 0..<300 {
            now += Int64.random(in: 0...(ttl / 3 + 1), using: &generator)
            switch Int.random(in: 0..<5, using: &generator) {
            case 0, 1: ask(requests.randomElement(using: &generator)!)
            case 2: answer(&generator)
            case 3: tick(&generator)
            default: limit(requests.randomElement(using: &generator)!, &generator)
            }
            #expect(schedule.counts.sealing <= 3 && schedule.counts.opening <= 3)
            #expect(requests.allSatisfy { schedule.isCalling($0) == (calling[$0] != nil) })
        }
    }

    private func ask(_ request: DataKeyRequest) {
        switch schedule.asked(request, now: now) {
        case .use(let identity), .handOver(let identity):
            guard let key = live[identity] else {
                Issue.record("a key that was retired is used")
                return
            }
            #expect(now < key.made + ttl || !key.isHandedOut, "a key is used beyond its time")
            live[identity]?.isHandedOut = true
        case .call: startCall(request)
        case .wait: #expect(calling[request] != nil)
        case .fail: #expect(calling[request] == nil)
        }
    }

    private func startCall(_ request: DataKeyRequest) {
        #expect(calling[request] == nil, "two calls for one key at a time")
        calling[request] = now
    }

    private func answer(_ generator: inout SeededGenerator) {
        guard let (request, started) = calling.min(by: { $0.value < $1.value }) else { return }
        calling[request] = nil
        if Bool.random(using: &generator) {
            let identity = nextIdentity
            nextIdentity += 1
            live[identity] = (started, false)
            let outcome = schedule.succeeded(
                request, identity: identity, started: started, lastUsed: { self.live[$0]?.made })
            retire(outcome.retired)
        } else {
            let error: KeyManagementError =
                Bool.random(using: &generator)
                ? .timedOut(key: request.key, reason: "") : .refused(key: request.key, reason: "")
            _ = schedule.failed(request, error, now: now, jitter: generator.next())
        }
    }

    private func tick(_ generator: inout SeededGenerator) {
        let due = schedule.due(now: now, lastUsed: { self.live[$0]?.made })
        retire(due.retired)
        for request in due.calls { startCall(request) }
        if let next = schedule.nextDue() { #expect(next > now, "a schedule that is always due would spin") }
    }

    private func limit(_ request: DataKeyRequest, _ generator: inout SeededGenerator) {
        guard let identity = live.keys.sorted().randomElement(using: &generator) else { return }
        if Bool.random(using: &generator) {
            schedule.spent(request, identity: identity)
        } else {
            schedule.nearlySpent(request, identity: identity)
        }
    }

    private func retire(_ identities: [UInt64]) {
        for identity in identities { #expect(live.removeValue(forKey: identity) != nil, "a key is retired twice") }
    }
}
