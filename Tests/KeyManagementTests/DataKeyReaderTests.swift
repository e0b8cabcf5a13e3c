import Cryptography
import Dispatch
import Records
import Synchronization
import TestServers
import Testing

@testable import KeyManagement

@Suite struct DataKeyReaderTests {
    private let service = ScriptedService()
    private let clock = TestClock()

    private func cache(
        ttl: Int64 = 3_600_000, maxUses: Int = 1_000_000, maxBytes: Int = 1 << 40, maxKeys: Int = 100
    ) -> DataKeyCache {
        let clock = clock
        return DataKeyCache(
            KeyManagementSettings(keyTtlMilliseconds: ttl, maxUses: maxUses, maxBytes: maxBytes, maxKeys: maxKeys),
            service: service, clock: { clock.now })
    }

    private func worker(_ cache: DataKeyCache) -> Worker {
        let clock = clock
        return Worker(cache, clock: { clock.now })
    }

    private var outage: KeyManagementError { .unavailable(key: Sample.key, reason: "down") }

    @Test(arguments: Algorithm.allCases)
    func whatASealerSealsTheOpenerOfItsEDEKOpens(algorithm: Algorithm) throws {
        let worker = worker(cache())
        let sealer = try worker.sealer("in-memory-kms://pii", algorithm)
        #expect(sealer.algorithm == algorithm)
        #expect(sealer.kek == Array("in-memory-kms://pii".utf8))
        let sealed = try sealer.seal("4711")
        let opener = try worker.opener(sealer.edek, algorithm)
        #expect(try opener.open(sealed) == "4711")
        #expect(throws: CryptographyError.authenticationFailed) { try opener.open(sealed, aad: "other") }
    }

    @Test func theFirstRecordWaitsAndTheFollowingDoNot() throws {
        let worker = worker(cache())
        #expect {
            try worker.trySealer()
        } throws: { error in
            guard case .pending(let request)? = error as? KeyManagementError else { return false }
            return (error as? KeyManagementError)?.isTransient == true && worker.reader.obtain(request, within: 20_000)
        }
        let first = try worker.trySealer()
        for _ in 0..<100 {
            #expect(try worker.trySealer() === first)
            #expect(first.isCurrent(now: clock.now))
        }
        #expect(service.calls == [.init(isWrap: true, key: "in-memory-kms://pii", topic: "t")])
    }

    @Test func workersShareADataKey() throws {
        let cache = cache()
        let first = try worker(cache).sealer()
        let second = try worker(cache).sealer()
        #expect(first !== second)
        #expect(first.identity == second.identity)
        #expect(first.edek == second.edek)
        #expect(service.wraps == 1)
    }

    @Test func eachTopicKEKAndAlgorithmHasADataKeyOfItsOwn() throws {
        let worker = worker(cache())
        let sealers = [
            try worker.sealer(), try worker.sealer(topic: "u"), try worker.sealer("in-memory-kms://other"),
            try worker.sealer("in-memory-kms://pii", .aes128GCM), try worker.sealer("in-memory-kms://pii", .aes256EAX),
        ]
        #expect(Set(sealers.map(\.identity)).count == 5)
        #expect(Set(sealers.map(\.edek)).count == 5)
        #expect(Set(service.calls.map(\.topic)) == ["t", "u"])
        #expect(try worker.sealer() === sealers[0])
        #expect(service.wraps == 5)
    }

    @Test func manyWorkersThatMissAtOnceMakeOneCall() throws {
        let cache = cache()
        service.hold()
        let identities = Mutex<[UInt64]>([])
        let missed = Atomic<Int>(0)
        for _ in 0..<8 {
            let clock = clock
            // Threads of their own, since all wait at the same time.
            let isStarted = BackgroundThread.start {
                let worker = Worker(cache, clock: { clock.now })
                if (try? worker.trySealer()) == nil { missed.add(1, ordering: .sequentiallyConsistent) }
                let identity = try? worker.sealer().identity
                identities.withLock { $0.append(identity ?? 0) }
            }
            #expect(isStarted)
        }
        try Poll.until { missed.load(ordering: .sequentiallyConsistent) == 8 }
        service.release()
        try Poll.until { identities.withLock { $0.count } == 8 }
        #expect(service.wraps == 1)
        #expect(identities.withLock { Set($0).count } == 1)
        #expect(!identities.withLock { $0.contains(0) })
    }

    @Test func callsForDifferentKeysGoSideBySide() throws {
        let cache = cache()
        service.hold()
        let worker = worker(cache)
        for name in ["a", "b", "c"] {
            #expect(throws: KeyManagementError.self) { try worker.trySealer("in-memory-kms://" + name) }
        }
        try Poll.until { service.mostConcurrent == 3 }
        service.release()
        for name in ["a", "b", "c"] { _ = try worker.sealer("in-memory-kms://" + name) }
        #expect(service.wraps == 3)
    }

    @Test func obtainGivesUpWhenItsTimeIsOver() throws {
        let worker = worker(cache())
        service.hold()
        defer { service.release() }
        #expect {
            try worker.trySealer()
        } throws: { error in
            guard case .pending(let request)? = error as? KeyManagementError else { return false }
            return !worker.reader.obtain(request, within: 20)
        }
    }

    @Test func anExpiredKeyIsNotCurrentAndIsReplaced() throws {
        let worker = worker(cache(ttl: 1_000))
        let first = try worker.sealer()
        clock.advance(999)
        #expect(first.isCurrent(now: clock.now) || service.wraps == 2)
        clock.advance(1)
        #expect(!first.isCurrent(now: clock.now))
        let second = try worker.sealer()
        #expect(second.identity != first.identity)
        #expect(second.edek != first.edek)
    }

    @Test func aKeyInUseIsRenewedBeforeItEndsSoThatNoRecordWaits() throws {
        let worker = worker(cache(ttl: 1_000))
        let first = try worker.sealer()
        clock.advance(800)
        try Poll.until { service.wraps == 2 }
        try Poll.until { !first.isCurrent(now: clock.now) }
        let second = try worker.trySealer()
        #expect(second.identity != first.identity)
        #expect(worker.waits == 1)
    }

    @Test func anOldKeyServesWhileItsRenewalFails() throws {
        let worker = worker(cache(ttl: 1_000))
        let first = try worker.sealer()
        service.fail(outage)
        clock.advance(800)
        try Poll.until { service.wraps == 2 }
        #expect(try worker.trySealer() === first)
        clock.advance(150)
        try Poll.until { service.wraps == 3 }
        try Poll.until { !first.isCurrent(now: clock.now) }
        #expect(try worker.trySealer().identity != first.identity)
        #expect(worker.waits == 1)
    }

    @Test func anOpenersKeyIsUnwrappedAgainWhenItsTimeIsOver() throws {
        let worker = worker(cache(ttl: 1_000))
        let sealer = try worker.sealer()
        let opener = try worker.opener(sealer.edek)
        #expect(opener.isCurrent(now: clock.now))
        clock.advance(1_000)
        #expect(!opener.isCurrent(now: clock.now))
        _ = try worker.opener(sealer.edek)
        #expect(service.unwraps >= 2)
    }

    @Test(arguments: [(1, 1), (5, 1), (5, 2), (7, 3), (100, 3), (4_000, 7)])
    func noDataKeySealsMoreOftenThanItMay(maxUses: Int, fields: Int) throws {
        let worker = worker(cache(maxUses: maxUses))
        var uses: [[UInt8]: Int] = [:]
        for record in 0..<300 {
            let sealer = try worker.sealer()
            for field in 0..<fields { _ = try sealer.seal("\(record) \(field)") }
            uses[sealer.edek, default: 0] += fields
        }
        #expect(uses.values.allSatisfy { $0 <= maxUses })
        #expect(uses.count >= 300 * fields / maxUses)
    }

    @Test func noDataKeySealsMoreBytesThanItMay() throws {
        let worker = worker(cache(maxBytes: 1_000))
        var bytes: [[UInt8]: Int] = [:]
        for _ in 0..<100 {
            let sealer = try worker.sealer()
            _ = try sealer.seal(String(repeating: "x", count: 300))
            bytes[sealer.edek, default: 0] += 300
        }
        #expect(bytes.values.allSatisfy { $0 <= 1_000 })
    }

    @Test func aRecordThatNeedsMoreThanAWholeLimitIsSealedAllTheSame() throws {
        let worker = worker(cache(maxUses: 2, maxBytes: 10))
        var edeks: Set<[UInt8]> = []
        for _ in 0..<5 {
            let sealer = try worker.sealer()
            for _ in 0..<6 { _ = try sealer.seal("longer than the limit") }
            #expect(!sealer.isCurrent(now: clock.now))
            edeks.insert(sealer.edek)
        }
        #expect(edeks.count == 5)
    }

    @Test func allWorkersTogetherKeepALimit() throws {
        let cache = cache(maxUses: 500)
        let uses = Mutex<[[UInt8]: Int]>([:])
        let group = DispatchGroup()
        for _ in 0..<4 {
            let clock = clock
            DispatchQueue.global().async(group: group) {
                let worker = Worker(cache, clock: { clock.now })
                for _ in 0..<2_000 {
                    guard let sealer = try? worker.sealer(), (try? sealer.seal("x")) != nil else {
                        Issue.record("no sealer")
                        return
                    }
                    uses.withLock { $0[sealer.edek, default: 0] += 1 }
                }
            }
        }
        group.wait()
        let counts = uses.withLock { $0 }
        #expect(counts.values.reduce(0, +) == 8_000)
        #expect(counts.values.allSatisfy { $0 <= 500 })
    }

    @Test func aNearlySpentKeyIsReplacedBeforeARecordWaits() throws {
        let worker = worker(cache(maxUses: 100))
        let first = try worker.sealer()
        _ = try first.seal("x")
        for _ in 1..<85 {
            if first.isCurrent(now: clock.now) { _ = try first.seal("x") }
        }
        try Poll.until { service.wraps == 2 }
        try Poll.until { !first.isCurrent(now: clock.now) }
        #expect(try worker.trySealer().identity != first.identity)
        #expect(worker.waits == 1)
    }

    @Test func withoutALifeEachRecordHasACallOfItsOwn() throws {
        let cache = cache(ttl: 0)
        let workers = [worker(cache), worker(cache)]
        var edeks: Set<[UInt8]> = []
        for record in 0..<10 {
            let worker = workers[record % 2]
            let sealer = try worker.sealer()
            let other = try worker.sealer("in-memory-kms://other")
            #expect(try worker.sealer() === sealer)
            for text in ["a", "b"] { _ = try sealer.seal(text) }
            let sealed = try other.seal("c")
            #expect(!sealer.isCurrent(now: clock.now) && !other.isCurrent(now: clock.now))
            edeks.formUnion([sealer.edek, other.edek])
            let opener = try worker.opener(other.edek, kek: "in-memory-kms://other")
            #expect(try opener.open(sealed) == "c")
            #expect(!opener.isCurrent(now: clock.now))
        }
        #expect(edeks.count == 20)
        #expect(service.wraps == 20)
        #expect(service.unwraps == 10)
    }

    @Test func withoutALifeARecordOfManyKeysCostsOneCallForEach() throws {
        let worker = worker(cache(ttl: 0))
        let keks = (0..<6).map { "in-memory-kms://k\($0)" }
        let sealers = try keks.map { try worker.sealer($0) }
        let sealed = try sealers.map { try $0.seal("x") }
        // As a decryptor does: from the start again with each key that was not there, opening on the way.
        var isDone = false
        while !isDone {
            clock.advance(1)
            do throws(KeyManagementError) {
                for index in keks.indices {
                    let opener = try worker.tryOpener(sealers[index].edek, kek: keks[index])
                    #expect((try? opener.open(sealed[index])) == "x")
                }
                isDone = true
            } catch {
                guard case .pending(let request) = error else { throw error }
                #expect(worker.reader.obtain(request, within: 20_000))
            }
        }
        #expect(service.unwraps == 6)
        clock.advance(1)
        #expect(throws: KeyManagementError.self) { try worker.tryOpener(sealers[0].edek, kek: keks[0]) }
    }

    @Test func afterAFailureTheErrorIsThrownAndLaterTheKMSAskedAgain() throws {
        let worker = worker(cache())
        service.fail(outage, outage)
        for expected in 1...2 {
            #expect {
                try worker.sealer()
            } throws: { error in
                guard case .unavailable? = error as? KeyManagementError else { return false }
                return true
            }
            #expect(throws: KeyManagementError.self) { try worker.trySealer() }
            #expect(service.wraps == expected)
            clock.advance(200)
        }
        _ = try worker.sealer()
        #expect(service.wraps == 3)
    }

    @Test func aRefusedEDEKCostsOneCallAMinute() throws {
        let worker = worker(cache())
        let edek = Array("nobody's".utf8)
        for _ in 0..<5 {
            #expect {
                try worker.opener(edek)
            } throws: { error in
                guard case .undecryptable? = error as? KeyManagementError else { return false }
                return true
            }
            clock.advance(11_000)
        }
        #expect(service.unwraps == 1)
        clock.advance(11_000)
        #expect(throws: KeyManagementError.self) { try worker.opener(edek) }
        #expect(service.unwraps == 2)
    }

    @Test func aDataKeyOfTheWrongLengthIsRefused() throws {
        let worker = worker(cache())
        service.answer(SecretBytes(count: 16) { _ in })
        #expect {
            try worker.opener(Array("x".utf8))
        } throws: { error in
            guard case .wrongKeyLength(_, 32, 16)? = error as? KeyManagementError else { return false }
            return (error as? KeyManagementError)?.isTransient == false
        }
    }

    @Test(arguments: ["", "vault-kms://", "file:///etc/passwd", "in-memory-kms://a b", "in-memory-kms://\u{0}"])
    func aMalformedAddressIsRefusedWithoutACall(kek: String) {
        let worker = worker(cache())
        #expect {
            try worker.trySealer(kek)
        } throws: { error in
            guard case .invalidAddress? = error as? KeyManagementError else { return false }
            return true
        }
        #expect(throws: KeyManagementError.self) { try worker.tryOpener(Array("e".utf8), kek: kek) }
        #expect(service.calls.isEmpty)
    }

    @Test func anEDEKThatIsTooLongIsRefusedWithoutACall() {
        let worker = worker(cache())
        let edek = [UInt8](repeating: 65, count: DataKeyReader.maximumWrappedLength + 1)
        #expect(throws: KeyManagementError.self) { try worker.tryOpener(edek) }
        #expect(service.calls.isEmpty)
    }

    @Test func keysAreBoundedAndTheOldOnesAskedForAgain() throws {
        let cache = cache(maxKeys: 16)
        let worker = worker(cache)
        for index in 0..<100 {
            clock.advance(200)
            let sealer = try worker.sealer("in-memory-kms://k\(index)")
            _ = try worker.opener(sealer.edek, kek: "in-memory-kms://k\(index)")
            #expect(cache.fetcher.counts.sealing <= 16 && cache.fetcher.counts.opening <= 16)
        }
        _ = try worker.sealer("in-memory-kms://k99")
        #expect(service.wraps == 100)
        _ = try worker.sealer("in-memory-kms://k0")
        #expect(service.wraps == 101)
    }

    @Test func aKeyThatMadeRoomOrExpiredIsWiped() throws {
        let cache = cache(ttl: 1_000, maxKeys: 1)
        let worker = worker(cache)
        weak let evicted = try worker.sealer("in-memory-kms://a").shared
        clock.advance(1)
        weak let kept = try worker.sealer("in-memory-kms://b").shared
        #expect(evicted == nil)
        #expect(kept != nil)
        clock.advance(1_000)
        worker.reader.releaseExpired(now: clock.now)
        try Poll.until { kept == nil }
    }

    @Test func afterAShutdownRequestsAreRefused() throws {
        let cache = cache()
        let worker = worker(cache)
        let sealer = try worker.sealer()
        cache.shutDown()
        #expect(!sealer.isCurrent(now: clock.now))
        #expect {
            try worker.trySealer()
        } throws: { error in
            guard case .shutDown? = error as? KeyManagementError else { return false }
            return true
        }
    }

    @Test func aCacheThatGoesEndsItsThreads() throws {
        weak var fetcher: DataKeyFetcher?
        do {
            let cache = cache()
            fetcher = cache.fetcher
            _ = try worker(cache).sealer()
        }
        try Poll.until { fetcher == nil }
    }
}
