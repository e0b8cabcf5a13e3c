/// States and edges in the making, for a `JSONPlan`.
struct JSONAutomaton {
    /// State 0 expects nothing; `JSONPlan.root` is that of the top-level value.
    var states = [JSONState()]
    /// The edges of each state together, sorted by head.
    var keyEdges: [JSONKeyEdge] = []
    /// The edges of each state together, sorted by index.
    var indexEdges: [JSONIndexEdge] = []
    var keyBytes: [UInt8] = []
    /// Whether there would be too many states; the plan is then not to be used.
    var isOversized = false

    /// Gives `state` an edge for each key, which stands in `keyBytes`.
    mutating func addKeys(_ keys: [(key: Range<Int>, state: Int32)], to state: inout JSONState) {
        var edges: [JSONKeyEdge] = []
        for (key, next) in keys {
            var head: UInt64 = 0
            for (index, byte) in keyBytes[key].prefix(8).enumerated() { head |= UInt64(byte) << UInt64(index * 8) }
            state.filter |= 1 << JSONKeyEdge.bucket(head: head, count: key.count)
            edges.append(
                JSONKeyEdge(head: head, start: Int32(key.lowerBound), count: Int32(key.count), state: next))
        }
        state.firstKey = Int32(keyEdges.count)
        state.keyCount = Int32(edges.count)
        keyEdges.append(contentsOf: edges.sorted { $0.head < $1.head })
    }

    /// Gives `state` an edge for each index.
    mutating func addIndices(_ edges: [JSONIndexEdge], to state: inout JSONState) {
        state.firstIndex = Int32(indexEdges.count)
        state.indexCount = Int32(edges.count)
        indexEdges.append(contentsOf: edges.sorted { $0.index < $1.index })
    }
}
