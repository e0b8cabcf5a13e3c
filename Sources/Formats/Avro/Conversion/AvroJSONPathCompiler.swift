import Records

/// Turns a schema and paths into the automaton that finds the fields in the schema's JSON text, where the tag around a
/// union's value is no segment of a path.
///
/// A state exists once for each type and set of rules that are under way in it. States wait in a list instead of
/// recursing.
struct AvroJSONPathCompiler {
    private struct Value: Hashable {
        let type: Int
        let route: AvroRoute
    }

    private let schema: AvroSchema
    private let paths: [FieldPath]
    private var routes: AvroRoutes
    private var numbers: [Value: Int32] = [:]
    private var pending: [Value] = []
    private var sealedNumbers: [Int: Int32] = [:]

    private(set) var automaton = JSONAutomaton()
    /// The types that are sealed, by `FieldMatch.type`.
    private(set) var sealedTypes: [Int] = []

    init(schema: AvroSchema, paths: [FieldPath]) {
        self.schema = schema
        self.paths = paths
        routes = AvroRoutes(schema: schema, paths: paths)
    }

    mutating func compile() throws(AvroSchemaError) {
        try routes.check()
        // The root has its number whether anything is found below it or not.
        _ = add(Value(type: schema.root, route: try routes.kept(routes.start, in: schema.root)))
        var next = 0
        while next < pending.count {
            automaton.states.append(try state(of: pending[next]))
            next += 1
            guard automaton.keyEdges.count + automaton.indexEdges.count + next <= AvroRoutes.maximumSize,
                automaton.keyBytes.count <= 16 * AvroRoutes.maximumSize
            else { throw AvroRoutes.tooLarge }
        }
    }

    private mutating func add(_ value: Value) -> Int32 {
        pending.append(value)
        let number = Int32(pending.count)
        numbers[value] = number
        return number
    }

    /// The state of a value of `type`, 0 where nothing of it is sealed.
    private mutating func number(of type: Int, _ route: AvroRoute) -> Int32 {
        guard !route.rules.isEmpty else { return 0 }
        let value = Value(type: type, route: route)
        return numbers[value] ?? add(value)
    }

    private mutating func state(of value: Value) throws(AvroSchemaError) -> JSONState {
        var state = JSONState()
        let route = value.route
        state.spellsPath = route.rules.contains { paths[$0].hasWildcard }
        guard let rule = route.rules.first else { return state }
        if routes.isDone(route) {
            state.rule = Int32(rule)
            state.type = sealedType(value.type)
            return state
        }
        try addParts(of: value.type, rule: Int32(rule), route, to: &state)
        return state
    }

    private mutating func addParts(
        of type: Int, rule: Int32, _ route: AvroRoute, to state: inout JSONState
    ) throws(AvroSchemaError) {
        switch schema.types[type].shape {
        case .record(let fields):
            state.keyRule = rule
            try addFields(fields, route, to: &state)
        case .map(let values):
            state.keyRule = rule
            try addEntries(values, route, to: &state)
        case .array(let items):
            state.indexRule = rule
            try addElements(items, route, to: &state)
        case .union(let branches):
            if let (_, other) = schema.nullable(branches) {
                return try addParts(of: other, rule: rule, try routes.kept(route, in: other), to: &state)
            }
            state.keyRule = rule
            state.isTag = true
            try addTags(branches, route, to: &state)
        default: break
        }
    }

    private mutating func addFields(
        _ fields: [AvroField], _ route: AvroRoute, to state: inout JSONState
    ) throws(AvroSchemaError) {
        var edges: [(key: Range<Int>, state: Int32)] = []
        for field in fields {
            let name = Array(field.name.utf8)
            let inside = try routes.advanced(route, by: .key(name), or: .anyValue, in: field.type)
            guard !inside.rules.isEmpty else { continue }
            edges.append((keyBytes(name), number(of: field.type, inside)))
        }
        automaton.addKeys(edges, to: &state)
    }

    private mutating func addEntries(
        _ values: Int, _ route: AvroRoute, to state: inout JSONState
    ) throws(AvroSchemaError) {
        let others = try routes.advanced(route, by: .anyValue, or: .anyValue, in: values)
        state.anyValue = number(of: values, others)
        var edges: [(key: Range<Int>, state: Int32)] = []
        for case .key(let key) in routes.ownSegments(route) {
            let inside = try routes.advanced(route, by: .key(key), or: .anyValue, in: values)
            edges.append((keyBytes(key), number(of: values, inside)))
        }
        automaton.addKeys(edges, to: &state)
    }

    private mutating func addElements(
        _ items: Int, _ route: AvroRoute, to state: inout JSONState
    ) throws(AvroSchemaError) {
        let others = try routes.advanced(route, by: .anyElement, or: .anyElement, in: items)
        state.anyElement = number(of: items, others)
        var edges: [JSONIndexEdge] = []
        for case .index(let index) in routes.ownSegments(route) {
            let inside = try routes.advanced(route, by: .index(index), or: .anyElement, in: items)
            edges.append(JSONIndexEdge(index: index, state: number(of: items, inside)))
        }
        automaton.addIndices(edges, to: &state)
    }

    private mutating func addTags(
        _ branches: [Int], _ route: AvroRoute, to state: inout JSONState
    ) throws(AvroSchemaError) {
        var edges: [(key: Range<Int>, state: Int32)] = []
        for branch in branches {
            let inside = try routes.kept(route, in: branch)
            guard !inside.rules.isEmpty else { continue }
            edges.append((keyBytes(Array((schema.types[branch].displayName ?? "").utf8)), number(of: branch, inside)))
        }
        automaton.addKeys(edges, to: &state)
    }

    private mutating func keyBytes(_ key: [UInt8]) -> Range<Int> {
        let start = automaton.keyBytes.count
        automaton.keyBytes += key
        return start..<automaton.keyBytes.count
    }

    private mutating func sealedType(_ type: Int) -> Int32 {
        if let known = sealedNumbers[type] { return known }
        let number = Int32(sealedTypes.count)
        sealedTypes.append(type)
        sealedNumbers[type] = number
        return number
    }
}
