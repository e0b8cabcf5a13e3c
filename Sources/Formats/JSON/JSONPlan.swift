import Records

/// The paths to find in JSON payloads, compiled once into an automaton that a `JSONFieldScanner` follows.
///
/// Immutable, so any number of scanners may share it.
public final class JSONPlan: Sendable {
    /// How many paths it holds; `FieldMatch.rule` counts them in the order given.
    public let ruleCount: Int

    /// Whether the paths' wildcards combine to more states than a plan may have: every scan is then refused.
    ///
    /// Paths may come from a record's envelope, so what they cost is bounded. Only dozens of paths that cross each other
    /// by wildcards come near.
    public let isOversized: Bool

    // Sound to share: written in `init`, read only afterwards, freed in `deinit`. Plain memory and no arrays, so that the
    // scanner's loops carry no reference counts.
    nonisolated(unsafe) let states: UnsafePointer<JSONState>
    nonisolated(unsafe) let keyEdges: UnsafePointer<JSONKeyEdge>
    nonisolated(unsafe) let indexEdges: UnsafePointer<JSONIndexEdge>
    nonisolated(unsafe) let keyBytes: UnsafePointer<UInt8>

    let spelled: SpelledPaths

    /// The state of the top-level value.
    static let root = 1

    /// Compiles `paths`, which should not overlap; where two do, the outer one wins, of equal ones the first.
    public convenience init(paths: [FieldPath]) {
        var compiler = JSONPlanCompiler(paths: paths)
        compiler.compile()
        self.init(paths: paths, compiled: compiler.automaton)
    }

    /// Takes states that were compiled for `paths`.
    init(paths: [FieldPath], compiled: JSONAutomaton) {
        ruleCount = paths.count
        isOversized = compiled.isOversized
        states = UnsafePointer(copying: compiled.states)
        keyEdges = UnsafePointer(copying: compiled.keyEdges)
        indexEdges = UnsafePointer(copying: compiled.indexEdges)
        keyBytes = UnsafePointer(copying: compiled.keyBytes)
        spelled = SpelledPaths(paths)
    }

    deinit {
        states.deallocate()
        keyEdges.deallocate()
        indexEdges.deallocate()
        keyBytes.deallocate()
    }

    /// The state of the member of `state` whose decoded key is the `count` bytes at `key`, in memory readable up to `limit`.
    @inline(__always)
    func member(
        of state: UnsafePointer<JSONState>, key: JSONText.Position, count: Int, limit: JSONText.Position
    ) -> Int {
        let head = JSONKeyEdge.head(key, count: count, limit: limit)
        let bucket = JSONKeyEdge.bucket(head: head, count: count)
        guard state.pointee.filter >> bucket & 1 == 1 else { return Int(state.pointee.anyValue) }
        return namedMember(of: state, head: head, key: key, count: count)
    }

    @inline(__always)
    private func namedMember(
        of state: UnsafePointer<JSONState>, head: UInt64, key: JSONText.Position, count: Int
    ) -> Int {
        var low = Int(state.pointee.firstKey)
        let last = low &+ Int(state.pointee.keyCount)
        var high = last
        while low < high {
            let middle = (low &+ high) / 2
            if keyEdges[middle].head < head { low = middle &+ 1 } else { high = middle }
        }
        while low < last, keyEdges[low].head == head {
            let edge = keyEdges[low]
            if Int(edge.count) == count, Self.equal(keyBytes + Int(edge.start), key, count: count) {
                return Int(edge.state)
            }
            low = low &+ 1
        }
        return Int(state.pointee.anyValue)
    }

    /// Whether two keys with equal heads and lengths are equal.
    @inline(__always)
    private static func equal(_ left: JSONText.Position, _ right: JSONText.Position, count: Int) -> Bool {
        var index = 8
        while index < count {
            guard left[index] == right[index] else { return false }
            index = index &+ 1
        }
        return true
    }
}
