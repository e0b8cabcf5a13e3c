/// What is known about each schema id: the decisions of the cache, without threads or a clock of its own.
///
/// Every `now` is in milliseconds on one monotonic clock.
struct SchemaLedger {
    private var entries: [UInt32: Entry] = [:]
    private var queue: [UInt32] = []
    private var knownBytes = 0
    private var uses: UInt64 = 0
    private let capacity: Int

    /// The bytes of all schemas kept, whatever their number.
    static let maximumKnownBytes = 64 << 20
    private static let firstDelay: Int64 = 100
    private static let longestDelay: Int64 = 10_000

    private struct Entry {
        var state: State
        var lastUse: UInt64
        /// Failed fetches since the last answer.
        var failures: Int
    }

    private enum State {
        case known(RegisteredSchema)
        case refused(SchemaRegistryError, until: Int64)
        case failing(SchemaRegistryError, until: Int64)
        case queued
        case fetching

        var isUnderWay: Bool {
            switch self {
            case .queued, .fetching: true
            case .known, .refused, .failing: false
            }
        }
    }

    /// What `want` found.
    enum Answer: Equatable {
        /// `look` returns the schema or throws a permanent error.
        case settled
        /// A fetch is queued by this very call.
        case queued
        /// A fetch is queued or under way since before.
        case underWay
        /// A fetch failed; the next one may start at this time.
        case waiting(until: Int64)
    }

    init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    /// How many ids it remembers.
    var count: Int { entries.count }

    /// The schema, or why there is none now.
    mutating func look(id: UInt32, now: Int64) throws(SchemaRegistryError) -> RegisteredSchema {
        touch(id)
        switch entries[id]?.state {
        case .known(let schema): return schema
        case .refused(let error, let until) where now < until, .failing(let error, let until) where now < until:
            throw error
        case .refused, .failing, .queued, .fetching, nil: throw .pending(id: id)
        }
    }

    /// Asks for a schema: queues a fetch unless it is known, refused, under way or too early.
    mutating func want(id: UInt32, now: Int64) -> Answer {
        touch(id)
        switch entries[id]?.state {
        case .known: return .settled
        case .refused(_, let until) where now < until: return .settled
        case .failing(_, let until) where now < until: return .waiting(until: until)
        case .queued, .fetching: return .underWay
        case .refused, .failing, nil:
            if entries[id] == nil { makeRoom() }
            let failures = entries[id]?.failures ?? 0
            entries[id] = Entry(state: .queued, lastUse: uses, failures: failures)
            queue.append(id)
            return .queued
        }
    }

    /// The next id to fetch; nil where nothing is queued.
    mutating func nextToFetch() -> UInt32? {
        guard !queue.isEmpty else { return nil }
        let id = queue.removeFirst()
        entries[id]?.state = .fetching
        return id
    }

    /// Takes what a fetch came to.
    mutating func settle(
        id: UInt32, _ result: Result<RegisteredSchema, SchemaRegistryError>, now: Int64,
        using generator: inout some RandomNumberGenerator
    ) {
        switch result {
        case .success(let schema):
            knownBytes += schema.byteCount
            put(id, .known(schema), failures: 0)
            makeRoom(keeping: id)
        case .failure(let error) where !error.isTransient:
            put(id, .refused(error, until: now + SchemaCache.refusalMilliseconds), failures: 0)
        case .failure(let error):
            fail(id, error, now: now, using: &generator)
            guard case .unreachable = error else { return }
            // One registry: who waits behind this id would only wait for the same silence.
            for waiting in queue { fail(waiting, error.about(waiting), now: now, using: &generator) }
            queue.removeAll()
        }
    }

    private mutating func fail(
        _ id: UInt32, _ error: SchemaRegistryError, now: Int64, using generator: inout some RandomNumberGenerator
    ) {
        let failures = (entries[id]?.failures ?? 0) + 1
        let ceiling = min(Self.longestDelay, Self.firstDelay << min(failures - 1, 20))
        let delay = Int64.random(in: ceiling / 2...ceiling, using: &generator)
        put(id, .failing(error, until: now + delay), failures: failures)
    }

    private mutating func put(_ id: UInt32, _ state: State, failures: Int) {
        entries[id] = Entry(state: state, lastUse: entries[id]?.lastUse ?? uses, failures: failures)
    }

    private mutating func touch(_ id: UInt32) {
        uses += 1
        entries[id]?.lastUse = uses
    }

    /// Forgets the least recently used ids while there is no room for one more; nothing that is under way.
    private mutating func makeRoom(keeping kept: UInt32? = nil) {
        let limit = kept == nil ? capacity - 1 : capacity
        while entries.count > limit || knownBytes > Self.maximumKnownBytes {
            let oldest = entries.lazy
                .filter { $0.key != kept && !$0.value.state.isUnderWay }
                .min { $0.value.lastUse < $1.value.lastUse }
            guard let oldest else { return }
            if case .known(let schema) = oldest.value.state { knownBytes -= schema.byteCount }
            entries[oldest.key] = nil
        }
    }
}
