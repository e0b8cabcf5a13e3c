import Records
import TestServers
import Testing

@testable import KeyManagement

/// How seldom the KMS is called, and that no record waits for a renewal.
@Suite struct KeyServiceCallTests {
    private let service = ScriptedService()
    private let clock = TestClock()

    private func worker(ttl: Int64) -> Worker {
        let clock = clock
        let cache = DataKeyCache(
            KeyManagementSettings(keyTtlMilliseconds: ttl), service: service, clock: { clock.now })
        return Worker(cache, clock: { clock.now })
    }

    @Test func aMillionRecordsCostAtMostTwoCallsPerKeyAndTime() throws {
        let ttl: Int64 = 10_000
        let worker = worker(ttl: ttl)
        let kek = Lent("in-memory-kms://pii")
        let topic = Lent("t")
        let edek = Lent(try worker.sealer().edek)
        let begun = clock.now
        for record in 0..<1_000_000 {
            if record % 100 == 99 { clock.advance(3) }
            // A record that meets a key's end, since its clock outruns the renewal, waits once.
            if (try? worker.reader.sealer(
                kek: kek.bytes, algorithm: .aes256GCM, topic: topic.bytes, now: clock.now)) == nil
            {
                _ = try worker.sealer()
            }
            if (try? worker.reader.opener(
                kek: kek.bytes, edek: edek.bytes, algorithm: .aes256GCM, topic: topic.bytes, now: clock.now)) == nil
            {
                _ = try worker.opener(Array(edek.bytes))
            }
        }
        let times = Int((clock.now - begun + ttl - 1) / ttl)
        #expect(times == 3)
        #expect((times...2 * times).contains(service.wraps))
        #expect((times...2 * times).contains(service.unwraps))
    }

    @Test func noRecordWaitsWhileARenewalIsUnderWay() throws {
        let worker = worker(ttl: 1_000)
        let first = try worker.sealer()
        let opener = try worker.opener(first.edek)
        clock.advance(700)
        // An opener is renewed only where it was used lately.
        #expect(try worker.trySealer() === first && worker.tryOpener(first.edek) === opener)
        service.hold()
        defer { service.release() }
        clock.advance(200)
        try Poll.until { service.wraps == 2 && service.unwraps == 2 }
        for _ in 0..<1_000 {
            #expect(try worker.trySealer() === first)
            #expect(try worker.tryOpener(first.edek) === opener)
        }
        service.release()
        try Poll.until { !first.isCurrent(now: clock.now) && !opener.isCurrent(now: clock.now) }
        #expect(try worker.trySealer().identity != first.identity)
        _ = try worker.tryOpener(first.edek)
        #expect(worker.waits == 2, "one wait for each key, when it was new")
    }
}
