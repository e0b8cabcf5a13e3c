import Records

/// Turns paths into an automaton: first a trie, in which a wildcard is a step beside the named ones, then, by the subset
/// construction, states in which all steps that fit are merged.
struct JSONPlanCompiler {
    /// A point that one or more paths have in common.
    private struct Node {
        var keys: [Int: Int] = [:]
        var indices: [Int: Int] = [:]
        var anyValue: Int?
        var anyElement: Int?
        var rule: Int?
        var keyRule: Int?
        var indexRule: Int?
        var spellsPath = false
    }

    /// How many nodes all steps of all states may lead to together; without wildcards it is one a segment.
    private static let maximumWork = 1 << 16

    private var nodes = [Node()]
    private var keys: [Range<Int>] = []
    private var keyNumbers: [[UInt8]: Int] = [:]
    private var numbers: [[Int]: Int32] = [[]: 0]
    private var sets: [[Int]] = [[]]
    private var work = 0

    private(set) var automaton = JSONAutomaton()

    init(paths: [FieldPath]) {
        for (rule, path) in paths.enumerated() { insert(path, rule: rule) }
    }

    /// Builds the states; where they are too many, it stops and says so in the automaton's `isOversized`.
    mutating func compile() {
        _ = number(of: [0])
        var next = JSONPlan.root
        while next < sets.count, work <= Self.maximumWork {
            automaton.states.append(state(of: sets[next]))
            next += 1
        }
        automaton.isOversized = work > Self.maximumWork
    }

    // MARK: The trie

    private mutating func insert(_ path: FieldPath, rule: Int) {
        var node = 0
        for segment in path.segments {
            if path.hasWildcard { nodes[node].spellsPath = true }
            node = step(from: node, by: segment, rule: rule)
        }
        if path.hasWildcard { nodes[node].spellsPath = true }
        nodes[node].rule = nodes[node].rule ?? rule
    }

    private mutating func step(from node: Int, by segment: FieldPath.Segment, rule: Int) -> Int {
        let fresh = nodes.count
        let next: Int
        switch segment {
        case .key(let key):
            let number = number(of: key)
            next = nodes[node].keys[number] ?? fresh
            nodes[node].keys[number] = next
        case .anyValue:
            next = nodes[node].anyValue ?? fresh
            nodes[node].anyValue = next
        case .index(let index):
            next = nodes[node].indices[index] ?? fresh
            nodes[node].indices[index] = next
        case .anyElement:
            next = nodes[node].anyElement ?? fresh
            nodes[node].anyElement = next
        }
        switch segment {
        case .key, .anyValue: nodes[node].keyRule = nodes[node].keyRule ?? rule
        case .index, .anyElement: nodes[node].indexRule = nodes[node].indexRule ?? rule
        }
        if next == fresh { nodes.append(Node()) }
        return next
    }

    private mutating func number(of key: [UInt8]) -> Int {
        if let known = keyNumbers[key] { return known }
        keyNumbers[key] = keys.count
        keys.append(automaton.keyBytes.count..<(automaton.keyBytes.count + key.count))
        automaton.keyBytes.append(contentsOf: key)
        return keys.count - 1
    }

    // MARK: The states

    /// The number of the state that stands for a set of nodes; a new one is queued for `compile`.
    private mutating func number(of set: [Int]) -> Int32 {
        work += set.count
        if let known = numbers[set] { return known }
        let number = Int32(sets.count)
        numbers[set] = number
        sets.append(set)
        return number
    }

    private mutating func state(of set: [Int]) -> JSONState {
        var state = JSONState()
        let members = set.map { nodes[$0] }
        state.spellsPath = members.contains { $0.spellsPath }
        if let rule = members.compactMap(\.rule).min() {
            state.rule = Int32(rule)
            return state
        }
        state.keyRule = Int32(members.compactMap(\.keyRule).min() ?? -1)
        state.indexRule = Int32(members.compactMap(\.indexRule).min() ?? -1)
        addKeys(of: members, to: &state)
        addIndices(of: members, to: &state)
        return state
    }

    private mutating func addKeys(of members: [Node], to state: inout JSONState) {
        let any = members.compactMap(\.anyValue)
        state.anyValue = number(of: any.sorted())
        var named: [Int: [Int]] = [:]
        for (key, node) in members.lazy.flatMap(\.keys) { named[key, default: any].append(node) }

        var edges: [(key: Range<Int>, state: Int32)] = []
        for (key, set) in named {
            guard work <= Self.maximumWork else { return }
            edges.append((keys[key], number(of: set.sorted())))
        }
        automaton.addKeys(edges, to: &state)
    }

    private mutating func addIndices(of members: [Node], to state: inout JSONState) {
        let any = members.compactMap(\.anyElement)
        state.anyElement = number(of: any.sorted())
        var numbered: [Int: [Int]] = [:]
        for (index, node) in members.lazy.flatMap(\.indices) { numbered[index, default: any].append(node) }

        var edges: [JSONIndexEdge] = []
        for (index, set) in numbered {
            guard work <= Self.maximumWork else { return }
            edges.append(JSONIndexEdge(index: index, state: number(of: set.sorted())))
        }
        automaton.addIndices(edges, to: &state)
    }
}
