/// One worker's view of a schema cache: what it has seen once takes no lock again.
///
/// Not thread-safe: it belongs to one worker. A schema's id never changes its meaning, so nothing here grows stale.
public final class SchemaReader {
    /// The cache behind it, shared by all workers.
    public let cache: SchemaCache

    private var seen: [UInt32: RegisteredSchema] = [:]
    private var last: RegisteredSchema?

    /// Few topics carry more schemas at a time; when full it starts anew, and the shared cache fills it again.
    private static let capacity = 256

    init(cache: SchemaCache) {
        self.cache = cache
    }

    /// The schema of this id, without waiting.
    ///
    /// - Parameter now: milliseconds on the cache's clock.
    /// - Throws: `pending` where `SchemaCache.obtain` must fetch it first, another transient error where that failed and
    ///   it is too early to try again, or the permanent error that the registry's answer amounts to.
    public func schema(id: UInt32, now: Int64) throws(SchemaRegistryError) -> RegisteredSchema {
        if let last, last.id == id { return last }
        let found: RegisteredSchema
        if let schema = seen[id] {
            found = schema
        } else {
            found = try cache.schema(id: id, now: now)
            if seen.count >= Self.capacity { seen.removeAll(keepingCapacity: true) }
            seen[id] = found
        }
        last = found
        return found
    }
}
