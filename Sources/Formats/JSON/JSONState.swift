/// One state of a plan's automaton: what the configured paths expect of one value.
///
/// Several paths may run through a value at once (`m.*.x` and `m.a.y`); their steps are merged when the plan is compiled,
/// so that a scan is in one state at a time. State 0 expects nothing and is never left.
struct JSONState {
    /// Which of the 64 buckets of `JSONKeyEdge.bucket` hold a key, so that most other keys cost one test.
    var filter: UInt64 = 0
    /// The rule that seals the value, or -1.
    var rule: Int32 = -1
    /// Some rule that goes on by a key, or -1: it makes a list or a scalar here a mismatch.
    var keyRule: Int32 = -1
    /// Some rule that goes on by an index, or -1: it makes an object or a scalar here a mismatch.
    var indexRule: Int32 = -1
    /// The edges of named keys.
    var firstKey: Int32 = 0
    var keyCount: Int32 = 0
    /// The edges of numbered elements.
    var firstIndex: Int32 = 0
    var indexCount: Int32 = 0
    /// The state of a member whose key has no edge.
    var anyValue: Int32 = 0
    /// The state of an element whose index has no edge.
    var anyElement: Int32 = 0
    /// Whether a rule with a wildcard runs through here, so that the way has to be spelled while it is walked.
    var spellsPath = false
    /// Whether an object here is a union's tag around its value: the member is then no segment of a concrete path.
    var isTag = false
    /// What a match here has as its `type`.
    var type: Int32 = 0
}
