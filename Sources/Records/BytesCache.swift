#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Remembers values by the bytes they were made from, so that a hit costs a hash and a comparison and never an allocation.
///
/// Not thread-safe. It is bounded: when it is full, it is emptied. Two keys with one hash displace each other, which
/// costs time and is never wrong, since the bytes themselves are compared.
public final class BytesCache<Value: AnyObject> {
    private struct Entry {
        var key: [UInt8]
        var value: Value
    }

    private var entries: [UInt64: Entry] = [:]
    private let limit: Int
    private let byteLimit: Int
    private var byteCount = 0

    /// Makes an empty cache for at most `limit` values, whose keys have at most `byteLimit` bytes together.
    public init(limit: Int, byteLimit: Int = .max) {
        precondition(limit > 0)
        self.limit = limit
        self.byteLimit = byteLimit
        entries.reserveCapacity(min(limit, 1024))
    }

    /// The value kept for `key`, or nil.
    public func value(for key: UnsafeRawBufferPointer) -> Value? {
        guard let entry = entries[Self.hash(key)], Self.equal(entry.key, key) else { return nil }
        return entry.value
    }

    /// Keeps `value` for a copy of `key`.
    public func insert(_ value: Value, for key: UnsafeRawBufferPointer) {
        guard key.count <= byteLimit else { return }
        if entries.count >= limit || byteCount > byteLimit - key.count { removeAll() }
        byteCount += key.count
        entries[Self.hash(key)] = Entry(key: Array(key), value: value)
    }

    /// Forgets everything.
    public func removeAll() {
        entries.removeAll(keepingCapacity: true)
        byteCount = 0
    }

    private static func equal(_ kept: [UInt8], _ key: UnsafeRawBufferPointer) -> Bool {
        guard kept.count == key.count else { return false }
        guard key.count > 0 else { return true }
        return kept.withUnsafeBytes { memcmp($0.baseAddress!, key.baseAddress!, key.count) == 0 }
    }

    /// A multiply-and-fold hash over eight bytes at a time; Dictionary's own seeded hash comes on top of it.
    private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(bytes.count)
        var position = 0
        while position + 8 <= bytes.count {
            state = fold(state ^ bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            position += 8
        }
        var rest: UInt64 = 0
        while position < bytes.count {
            rest = rest << 8 | UInt64(bytes[position])
            position += 1
        }
        return fold(state ^ rest)
    }

    private static func fold(_ state: UInt64) -> UInt64 {
        let product = state.multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
        return product.high ^ product.low
    }
}
