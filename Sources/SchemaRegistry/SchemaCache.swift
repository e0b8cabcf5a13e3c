import Foundation
import HTTPTransport

/// Schemas by id, fetched by a background thread and shared by workers.
///
/// A hit through a `SchemaReader` takes no lock. Each id is fetched by one call at a time, however many wait for it; what
/// the registry refuses is remembered for `refusalMilliseconds`, and a registry that does not answer is asked again with
/// exponential back-off and jitter.
public final class SchemaCache: Sendable {
    private let monitor: Monitor<Shared>
    private let clock: @Sendable () -> Int64
    private let stopFetching: @Sendable () -> Void

    struct Shared {
        var ledger: SchemaLedger
        var isShutDown = false
    }

    /// How long a permanent refusal is believed, in milliseconds: a schema that appears is found after that.
    public static let refusalMilliseconds: Int64 = 10_000

    /// Makes a cache before the registry of `settings`, with a thread of its own.
    ///
    /// - Parameter clock: milliseconds on the monotonic clock that `now` is read from; the system's where nil.
    /// - Throws: `invalidSettings`.
    public convenience init(
        _ settings: SchemaRegistrySettings, clock: (@Sendable () -> Int64)? = nil
    ) throws(SchemaRegistryError) {
        let client = try SchemaRegistryClient(settings)
        self.init(
            capacity: settings.cacheSize, clock: clock, stopFetching: { client.shutDown() },
            fetch: { (id) throws(SchemaRegistryError) in try client.fetch(id: id) })
    }

    /// Makes a cache before any source of schemas; `fetch` is called on the cache's thread only.
    package init(
        capacity: Int, clock: (@Sendable () -> Int64)? = nil, stopFetching: @escaping @Sendable () -> Void = {},
        fetch: @escaping @Sendable (UInt32) throws(SchemaRegistryError) -> RegisteredSchema
    ) {
        let clock = clock ?? { Int64(MonotonicClock.milliseconds) }
        let monitor = Monitor(Shared(ledger: SchemaLedger(capacity: capacity)))
        self.monitor = monitor
        self.clock = clock
        self.stopFetching = stopFetching
        // The thread keeps the monitor, not the cache, so that dropping the cache ends it.
        let thread = Thread { Self.serve(monitor, clock: clock, fetch: fetch) }
        thread.name = "schemas"
        thread.start()
    }

    deinit {
        shutDown()
    }

    /// Ends the thread and everyone's waiting; what is known stays readable.
    public func shutDown() {
        monitor.withLock { $0.isShutDown = true }
        monitor.signal()
        stopFetching()
    }

    /// A view for one worker.
    public func makeReader() -> SchemaReader {
        SchemaReader(cache: self)
    }

    /// The schema of this id, without waiting for the registry; takes the shared lock.
    func schema(id: UInt32, now: Int64) throws(SchemaRegistryError) -> RegisteredSchema {
        try monitor.withLock { (shared) throws(SchemaRegistryError) in try shared.ledger.look(id: id, now: now) }
    }

    /// Has the schema fetched where it is not known, and waits at most `milliseconds` for the registry's answer.
    ///
    /// With 0 it only sees to it that a fetch is queued. While the registry does not answer, the wait goes on with
    /// further tries, each after its back-off.
    /// - Returns: whether there is an answer, a schema or a permanent refusal, so that trying the record again makes
    ///   sense.
    public func obtain(id: UInt32, within milliseconds: Int) -> Bool {
        let deadline = clock() + Int64(clamping: min(max(0, milliseconds), 3_600_000))
        return monitor.wait { shared in
            guard !shared.isShutDown else { return .done(false) }
            let now = clock()
            let wakeUp: Int64
            switch shared.ledger.want(id: id, now: now) {
            case .settled: return .done(true)
            case .queued:
                monitor.signal()
                wakeUp = deadline
            case .underWay: wakeUp = deadline
            case .waiting(let until): wakeUp = min(deadline, until)
            }
            return now < deadline ? .wait(milliseconds: wakeUp - now) : .done(false)
        }
    }

    private static func serve(
        _ monitor: Monitor<Shared>, clock: @Sendable () -> Int64,
        fetch: @Sendable (UInt32) throws(SchemaRegistryError) -> RegisteredSchema
    ) {
        var generator = SystemRandomNumberGenerator()
        while let id = nextToFetch(monitor) {
            let result: Result<RegisteredSchema, SchemaRegistryError>
            do throws(SchemaRegistryError) { result = .success(try fetch(id)) } catch { result = .failure(error) }
            monitor.withLock { $0.ledger.settle(id: id, result, now: clock(), using: &generator) }
            monitor.signal()
        }
    }

    /// Waits for work; nil when shut down.
    private static func nextToFetch(_ monitor: Monitor<Shared>) -> UInt32? {
        monitor.wait { shared in
            guard !shared.isShutDown else { return .done(nil) }
            if let id = shared.ledger.nextToFetch() { return .done(id) }
            return .wait(milliseconds: 60_000)
        }
    }
}
