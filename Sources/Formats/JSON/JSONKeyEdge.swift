/// A named key of a state and the state of its value.
struct JSONKeyEdge {
    /// The key's first eight bytes, the first one lowest, zeros where it is shorter; a state's edges are sorted by it.
    var head: UInt64
    /// The key's bytes in the plan's `keyBytes`.
    var start: Int32
    var count: Int32
    /// The state of the value.
    var state: Int32

    /// The head of the key of `count` bytes at `key`, in memory that is readable up to `limit`.
    @inline(__always)
    static func head(_ key: JSONText.Position, count: Int, limit: JSONText.Position) -> UInt64 {
        if count >= 8 { return JSONText.word(at: key) }
        if limit - key >= 8 { return JSONText.word(at: key) & (1 << UInt64(count &* 8) &- 1) }
        var head: UInt64 = 0
        for index in 0..<count { head |= UInt64(key[index]) << UInt64(index &* 8) }
        return head
    }

    /// The bit of `JSONState.filter` for a key.
    @inline(__always)
    static func bucket(head: UInt64, count: Int) -> UInt64 {
        ((head &+ UInt64(truncatingIfNeeded: count)) &* 0x9E37_79B9_7F4A_7C15) >> 58
    }
}
