import Foundation
import Synchronization
import TestServers
import Testing

@testable import SchemaRegistry

@Suite struct SchemaCacheTests {
    /// A registry in memory that counts its calls and can be held up.
    private final class Source: Sendable {
        let calls = Atomic<Int>(0)
        let held = Atomic<Bool>(false)
        let answer: @Sendable (UInt32, Int) throws(SchemaRegistryError) -> RegisteredSchema

        init(_ answer: @escaping @Sendable (UInt32, Int) throws(SchemaRegistryError) -> RegisteredSchema) {
            self.answer = answer
        }

        var callCount: Int { calls.load(ordering: .sequentiallyConsistent) }

        func cache(capacity: Int = 100, clock: (@Sendable () -> Int64)? = nil) -> SchemaCache {
            SchemaCache(capacity: capacity, clock: clock) { [self] (id) throws(SchemaRegistryError) in
                let call = calls.add(1, ordering: .sequentiallyConsistent).newValue
                while held.load(ordering: .sequentiallyConsistent) { usleep(1_000) }
                return try answer(id, call)
            }
        }
    }

    private static func schema(_ id: UInt32) -> RegisteredSchema {
        RegisteredSchema(id: id, type: .avro, text: "\"string\"")
    }

    private func state(_ reader: SchemaReader, _ id: UInt32, now: Int64 = 0) -> SchemaRegistryError? {
        do throws(SchemaRegistryError) {
            _ = try reader.schema(id: id, now: now)
            return nil
        } catch { return error }
    }

    @Test func aWorkerAsksThenObtainsThenHasIt() throws {
        let stub = try StubRegistry()
        let id = try stub.register("s", "\"string\"")
        let cache = try SchemaCache(SchemaRegistrySettings(url: stub.url))
        let reader = cache.makeReader()
        #expect(state(reader, id) == .pending(id: id))
        #expect(cache.obtain(id: id, within: 20_000))
        #expect(try reader.schema(id: id, now: 0).text == "\"string\"")
        #expect(try reader.schema(id: id, now: 0) === cache.makeReader().schema(id: id, now: 0))
        #expect(try stub.requests().filter { $0.hasPrefix("GET /schemas") }.count == 1)
    }

    @Test func manyWhoWaitForOneSchemaMakeOneCall() throws {
        let source = Source { (id, _) throws(SchemaRegistryError) in Self.schema(id) }
        source.held.store(true, ordering: .sequentiallyConsistent)
        let cache = source.cache()
        let answered = Atomic<Int>(0)
        let started = Atomic<Int>(0)
        let done = Atomic<Int>(0)
        withExtendedLifetime(cache) {
            let threads = (0..<16).map { _ in
                Thread {
                    started.add(1, ordering: .sequentiallyConsistent)
                    if cache.obtain(id: 5, within: 20_000) { answered.add(1, ordering: .sequentiallyConsistent) }
                    done.add(1, ordering: .sequentiallyConsistent)
                }
            }
            threads.forEach { $0.start() }
            try? Poll.until { started.load(ordering: .sequentiallyConsistent) == 16 && source.callCount == 1 }
            source.held.store(false, ordering: .sequentiallyConsistent)
            try? Poll.until { done.load(ordering: .sequentiallyConsistent) == 16 }
        }
        #expect(answered.load(ordering: .sequentiallyConsistent) == 16)
        #expect(source.callCount == 1)
    }

    @Test func aHitAsksNobody() throws {
        let source = Source { (id, _) throws(SchemaRegistryError) in Self.schema(id) }
        let cache = source.cache(capacity: 1)
        let reader = cache.makeReader()
        for id: UInt32 in [1, 2] {
            #expect(cache.obtain(id: id, within: 20_000))
            _ = try reader.schema(id: id, now: 0)
        }
        // The shared cache holds one; the worker still has both.
        #expect(state(cache.makeReader(), 1) == .pending(id: 1))
        for _ in 0..<1_000 { for id: UInt32 in [1, 2] { #expect(try reader.schema(id: id, now: 0).id == id) } }
        #expect(source.callCount == 2)
    }

    @Test func aWorkersOwnViewIsBoundedAndFillsAgain() throws {
        let source = Source { (id, _) throws(SchemaRegistryError) in Self.schema(id) }
        let cache = source.cache(capacity: 2_000)
        let reader = cache.makeReader()
        for id: UInt32 in 1...1_000 {
            #expect(cache.obtain(id: id, within: 20_000))
            #expect(try reader.schema(id: id, now: 0).id == id)
        }
        for id: UInt32 in 1...1_000 { #expect(try reader.schema(id: id, now: 0).id == id) }
        #expect(source.callCount == 1_000)
    }

    @Test func waitingEndsWhenTheTimeIsUp() {
        let source = Source { (id, _) throws(SchemaRegistryError) in Self.schema(id) }
        source.held.store(true, ordering: .sequentiallyConsistent)
        let cache = source.cache()
        #expect(!cache.obtain(id: 1, within: 50))
        #expect(!cache.obtain(id: 1, within: 0))
        #expect(!cache.obtain(id: 1, within: -5))
        source.held.store(false, ordering: .sequentiallyConsistent)
        #expect(cache.obtain(id: 1, within: 20_000))
    }

    @Test func aCallThatDoesNotWaitStillGetsTheSchemaFetched() throws {
        let source = Source { (id, _) throws(SchemaRegistryError) in Self.schema(id) }
        let cache = source.cache()
        let reader = cache.makeReader()
        _ = cache.obtain(id: 1, within: 0)
        try Poll.until { state(reader, 1) == nil }
        #expect(source.callCount == 1)
    }

    @Test func waitingOutlastsARegistryThatFailsForAWhile() throws {
        let source = Source { (id, call) throws(SchemaRegistryError) in
            guard call > 3 else { throw .unreachable(id: id, reason: "down") }
            return Self.schema(id)
        }
        let cache = source.cache()
        #expect(cache.obtain(id: 1, within: 60_000))
        #expect(state(cache.makeReader(), 1) == nil)
        #expect(source.callCount == 4)
    }

    @Test func aSchemaThatAppearsIsFoundAfterTheRefusalIsForgotten() throws {
        let source = Source { (id, call) throws(SchemaRegistryError) in
            guard call > 1 else { throw .unknownSchema(id: id) }
            return Self.schema(id)
        }
        let shared = SharedClock()
        let cache = source.cache(clock: { shared.now })
        let reader = cache.makeReader()
        #expect(cache.obtain(id: 1, within: 20_000))
        #expect(state(reader, 1) == .unknownSchema(id: 1))
        #expect(cache.obtain(id: 1, within: 20_000))
        #expect(source.callCount == 1)
        shared.advance(SchemaCache.refusalMilliseconds)
        #expect(state(reader, 1, now: shared.now) == .pending(id: 1))
        #expect(cache.obtain(id: 1, within: 20_000))
        #expect(state(reader, 1, now: shared.now) == nil)
    }

    @Test func aRegistryThatComesBackServesWithoutARestart() throws {
        let port = try FreePort.find()
        let cache = try SchemaCache(SchemaRegistrySettings(url: "http://127.0.0.1:\(port)"))
        let reader = cache.makeReader()
        #expect(!cache.obtain(id: 1, within: 200))
        let found = state(reader, 1)
        #expect(found?.isTransient == true)
        #expect(found?.neededSchemaID == 1)
        let stub = try StubRegistry(port: port)
        #expect(try stub.register("s", "\"string\"") == 1)
        #expect(cache.obtain(id: 1, within: 60_000))
        #expect(state(reader, 1) == nil)
    }

    @Test func aRegistryThatDiesKeepsWhatIsKnownReadable() throws {
        let stub = try StubRegistry()
        let id = try stub.register("s", "\"string\"")
        let cache = try SchemaCache(SchemaRegistrySettings(url: stub.url))
        #expect(cache.obtain(id: id, within: 20_000))
        stub.stop()
        #expect(state(cache.makeReader(), id) == nil)
        #expect(!cache.obtain(id: id + 1, within: 100))
    }

    @Test func aShutdownEndsEveryonesWaiting() throws {
        let source = Source { (id, _) throws(SchemaRegistryError) in Self.schema(id) }
        source.held.store(true, ordering: .sequentiallyConsistent)
        let cache = source.cache()
        let finished = Atomic<Int>(0)
        try withExtendedLifetime(cache) {
            Thread {
                _ = cache.obtain(id: 1, within: 600_000)
                finished.add(1, ordering: .sequentiallyConsistent)
            }.start()
            try Poll.until { source.callCount == 1 }
            cache.shutDown()
            try Poll.until { finished.load(ordering: .sequentiallyConsistent) == 1 }
            #expect(!cache.obtain(id: 2, within: 600_000))
        }
        source.held.store(false, ordering: .sequentiallyConsistent)
    }
}
