import KafkaClient
import Synchronization
import Testing
import Transform

@testable import Pipeline

@Suite("Leases")
struct LeaseDeskTests {
    private final class Clock: Sendable {
        private let time = Atomic<Int64>(1_000_000)
        var now: Int64 { time.load(ordering: .relaxed) }
        func advance(_ milliseconds: Int64) { time.add(milliseconds, ordering: .relaxed) }
    }

    private let clock = Clock()
    private let control = MemoryControl()
    private let audit = RecordedAudit()

    private func pair(_ name: String, leases: Bool) -> TopicPair {
        var pair = TopicPair(
            name: name, source: "source", target: "target", kafka: .init(common: [:]),
            action: .encrypt(EncryptionRules(valueFields: [])))
        pair.demand = DemandSettings(leases: leases)
        return pair
    }

    private func desk(_ control: (any ControlStore)?) -> LeaseDesk {
        let clock = clock
        return LeaseDesk(
            pairs: [pair("open", leases: true), pair("closed", leases: false)],
            services: PairServices(audit: audit, control: control), clock: { clock.now })
    }

    @Test("A lease holds for everyone until it runs out, and is then removed and audited once")
    func life() throws {
        let desk = desk(control)
        let lease = try desk.take(pair: "open", for: 5_000, actor: "ana", reason: "ticket 7")
        #expect(try self.desk(control).leases(ofPair: "open") == [lease])
        #expect(lease.expiresAt == clock.now + 5_000)
        clock.advance(4_999)
        desk.removeExpired(pair: "open", grace: 0)
        #expect(try desk.leases(ofPair: "open").count == 1)
        clock.advance(1)
        #expect(try desk.leases(ofPair: "open").isEmpty)
        desk.removeExpired(pair: "open", grace: 1)
        #expect(control.state.leases(ofPair: "open").count == 1)
        desk.removeExpired(pair: "open", grace: 0)
        desk.removeExpired(pair: "open", grace: 0)
        #expect(control.state.leases(ofPair: "open").isEmpty)
        #expect(audit.events.map(\.kind) == [.leaseTaken, .leaseExpired])
        #expect(audit.events.allSatisfy { $0.actor == "ana" && $0.purpose == "ticket 7" && $0.pair == "open" })
    }

    @Test("A renewed lease lasts from the renewal on")
    func renewal() throws {
        let desk = desk(control)
        let lease = try desk.take(pair: "open", for: 5_000, actor: "ana", reason: "why")
        clock.advance(4_000)
        let renewed = try desk.renew(pair: "open", id: lease.id, for: 9_000, actor: "bob")
        #expect(renewed.expiresAt == clock.now + 9_000)
        #expect(renewed.actor == "ana")
        #expect(try desk.leases(ofPair: "open") == [renewed])
        #expect(audit.events.last?.actor == "bob")
    }

    @Test("A released lease is gone for everyone, and who released it is audited")
    func release() throws {
        let desk = desk(control)
        let lease = try desk.take(pair: "open", for: 5_000, actor: "ana", reason: "why")
        try desk.release(pair: "open", id: lease.id, actor: "bob")
        #expect(control.state.leases(ofPair: "open").isEmpty)
        #expect(audit.events.last?.kind == .leaseReleased)
        #expect(audit.events.last?.actor == "bob")
    }

    @Test("What can't be leased is refused")
    func refusals() throws {
        let desk = desk(control)
        func error(_ body: () throws -> Void) -> String {
            (#expect(throws: LeaseError.self) { try body() }).map { "\($0)" } ?? ""
        }
        func take(_ pair: String, _ time: Int64 = 5_000, _ actor: String = "ana", _ reason: String = "why") -> String {
            error { _ = try desk.take(pair: pair, for: time, actor: actor, reason: reason) }
        }
        #expect(take("nobody").contains("no pair 'nobody'"))
        #expect(take("closed").contains("takes no leases"))
        #expect(take("open", 999).contains("1 second"))
        #expect(take("open", LeaseDesk.longest + 1).contains("7 days"))
        #expect(take("open", 5_000, "").contains("name of who"))
        #expect(take("open", 5_000, "ana", "a\nb").contains("reason"))
        #expect(take("open", 5_000, "ana", String(repeating: "x", count: 1_001)).contains("reason"))
        #expect(error { try desk.release(pair: "open", id: "gone", actor: "ana") }.contains("no lease 'gone'"))
        #expect(error { _ = try self.desk(nil).leases(ofPair: "open") }.contains("control topic"))
        let early = self.desk(MemoryControl(isCaughtUp: false))
        #expect(error { _ = try early.leases(ofPair: "open") }.contains("not been read yet"))
        #expect(control.state.entries.isEmpty)
        #expect(audit.events.isEmpty)
    }

    @Test("A lease that has run out is neither renewed nor released")
    func late() throws {
        let desk = desk(control)
        let lease = try desk.take(pair: "open", for: 1_000, actor: "ana", reason: "why")
        clock.advance(1_000)
        #expect(throws: LeaseError.self) { _ = try desk.renew(pair: "open", id: lease.id, for: 5_000, actor: "ana") }
        #expect(throws: LeaseError.self) { try desk.release(pair: "open", id: lease.id, actor: "ana") }
    }
}
