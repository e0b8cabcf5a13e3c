import Records

/// Turns a schema and paths into steps.
///
/// A program exists once for each type and set of rules that are under way in it, so recursion becomes a call, and a
/// type that is used in many places is compiled once. Programs wait in a list instead of recursing.
struct AvroPlanCompiler {
    /// Rules that have come as far as `position` segments; no rules means that nothing inside is sealed.
    private struct Route: Hashable {
        var rules: [Int] = []
        var position = 0
    }

    private enum Program: Hashable {
        case value(Int, Route)
        case fields(Int, Route)
    }

    private struct Reach: Hashable {
        let type: Int
        let rule: Int
        let position: Int
    }

    /// How large a plan may get, in steps and in facts about types, whatever the schema.
    private static let maximumSize = 1 << 20

    private let schema: AvroSchema
    private let paths: [FieldPath]
    private var reached: [Reach: Bool] = [:]
    private var programs: [Program: Int32] = [:]
    private var pending: [Program] = []
    private var starts: [Int32] = []
    private var sealedTypeIndices: [AvroSealedType: Int] = [:]
    private var sealedByRule: [Set<Int>]

    private(set) var steps: [AvroStep] = []
    private(set) var pool: [UInt8] = []
    private(set) var sealedTypes: [AvroSealedType] = []

    init(schema: AvroSchema, paths: [FieldPath]) {
        self.schema = schema
        self.paths = paths
        sealedByRule = Array(repeating: [], count: paths.count)
    }

    /// Compiles everything and returns the index of the first step.
    mutating func compile() throws(AvroSchemaError) -> Int {
        try checkPaths()
        let entry = program(.value(schema.root, Route(rules: Array(paths.indices))))
        while starts.count < pending.count {
            let next = pending[starts.count]
            starts.append(Int32(steps.count))
            try emit(next)
            guard steps.count <= Self.maximumSize, pool.count <= 16 * Self.maximumSize else { throw tooLarge }
        }
        for index in steps.indices where steps[index].program >= 0 {
            steps[index].program = starts[Int(steps[index].program)]
        }
        return Int(starts[Int(entry)])
    }

    var rulePlans: [AvroRulePlan] {
        sealedByRule.map { indices in
            let kinds = Set(indices.map { SealedKind(sealedTypes[$0]) })
            guard kinds.count == 1, let kind = kinds.first else {
                return AvroRulePlan(typeName: "union", isHeader: false)
            }
            return AvroRulePlan(typeName: kind.name, isHeader: kind.isHeader)
        }
    }

    /// What of a sealed type an envelope's entry tells.
    private struct SealedKind: Hashable {
        let name: String
        let isHeader: Bool

        init(_ type: AvroSealedType) {
            name = type.name
            isHeader = type.placement == .header
        }
    }

    private mutating func checkPaths() throws(AvroSchemaError) {
        for (rule, path) in paths.enumerated() {
            if let other = paths[..<rule].first(where: { $0.overlaps(path) }) {
                throw AvroSchemaError(at: path.description, "the path overlaps '\(other)'", rule: rule)
            }
            if try reaches(schema.root, rule: rule, position: 0) { continue }
            var seen: Set<Reach> = []
            guard isAbsent(in: schema.root, rule: rule, position: 0, seen: &seen) else {
                throw AvroSchemaError(
                    at: path.description, "the path meets a type that has no such fields", rule: rule)
            }
        }
    }
}

/// Which rules go on where.
extension AvroPlanCompiler {
    /// Whether a rule that has come as far as `position` finds a field to seal in values of `type`.
    private mutating func reaches(_ type: Int, rule: Int, position: Int) throws(AvroSchemaError) -> Bool {
        let key = Reach(type: type, rule: rule, position: position)
        if let known = reached[key] { return known }
        guard reached.count < Self.maximumSize else { throw tooLarge }
        var found = false
        for (next, advanced) in successors(of: type, rule: rule, position: position) where !found {
            found = try reaches(next, rule: rule, position: advanced)
        }
        if position == paths[rule].segments.count, schema.types[type].displayName != nil {
            found = schema.types[type].shape != .null
        }
        reached[key] = found
        return found
    }

    /// Whether a rule that reaches nothing ends at a record that lacks its field, or at a null: then records of this schema
    /// have no such field, which is no fault of theirs; else it runs into a type that could never have it.
    private func isAbsent(in type: Int, rule: Int, position: Int, seen: inout Set<Reach>) -> Bool {
        guard seen.insert(Reach(type: type, rule: rule, position: position)).inserted else { return false }
        let next = successors(of: type, rule: rule, position: position)
        if next.isEmpty {
            switch schema.types[type].shape {
            case .null: return true
            case .record:
                guard position < paths[rule].segments.count, case .key = paths[rule].segments[position] else {
                    return false
                }
                return true
            default: return false
            }
        }
        return next.contains { type, advanced in
            // A null beside other branches tells nothing of them.
            if advanced == position, next.count > 1, case .null = schema.types[type].shape { return false }
            return isAbsent(in: type, rule: rule, position: advanced, seen: &seen)
        }
    }

    /// The types that a rule may go on in. A union takes no segment, so the recursion is twice as deep as a path at most.
    private func successors(of type: Int, rule: Int, position: Int) -> [(type: Int, position: Int)] {
        let shape = schema.types[type].shape
        if case .union(let branches) = shape { return branches.map { ($0, position) } }
        guard position < paths[rule].segments.count else { return [] }
        switch (shape, paths[rule].segments[position]) {
        case (.record(let fields), .anyValue): return fields.map { ($0.type, position + 1) }
        case (.record(let fields), .key(let key)):
            return fields.filter { key.elementsEqual($0.name.utf8) }.map { ($0.type, position + 1) }
        case (.array(let items), .anyElement), (.array(let items), .index): return [(items, position + 1)]
        case (.map(let values), .anyValue), (.map(let values), .key): return [(values, position + 1)]
        default: return []
        }
    }

    /// The rules of `route` that find something in `type`.
    private mutating func kept(_ route: Route, in type: Int) throws(AvroSchemaError) -> Route {
        var rules: [Int] = []
        for rule in route.rules where try reaches(type, rule: rule, position: route.position) { rules.append(rule) }
        return rules.isEmpty ? Route() : Route(rules: rules, position: route.position)
    }

    /// The rules of `route` whose next segment is one of two, as far as they find something in `type`.
    private mutating func advanced(
        _ route: Route, by segment: FieldPath.Segment, or wildcard: FieldPath.Segment, in type: Int
    ) throws(AvroSchemaError) -> Route {
        let rules = route.rules.filter {
            let next = paths[$0].segments[route.position]
            return next == segment || next == wildcard
        }
        return try kept(Route(rules: rules, position: route.position + 1), in: type)
    }

    /// The segments of a route's rules that are not wildcards, each once.
    private func ownSegments(_ route: Route) -> [FieldPath.Segment] {
        var seen: Set<FieldPath.Segment> = [.anyElement, .anyValue]
        return route.rules.map { paths[$0].segments[route.position] }.filter { seen.insert($0).inserted }
    }

    private var tooLarge: AvroSchemaError {
        AvroSchemaError(at: "", "the plan for these paths would have over \(Self.maximumSize) steps")
    }
}

/// Writing steps. Until linked, a step's `program` is a place in the list of programs.
extension AvroPlanCompiler {
    private mutating func program(_ program: Program) -> Int32 {
        if let known = programs[program] { return known }
        let index = Int32(pending.count)
        pending.append(program)
        programs[program] = index
        return index
    }

    /// The program of a value, or -1 where it takes no bytes and nothing of it is sealed.
    private mutating func valueProgram(_ type: Int, _ route: Route) -> Int32 {
        if route.rules.isEmpty && schema.isEmpty[type] { return -1 }
        if case .record = schema.types[type].shape, !isDone(route) { return program(.fields(type, route)) }
        return program(.value(type, route))
    }

    private func isDone(_ route: Route) -> Bool {
        route.rules.contains { paths[$0].segments.count == route.position }
    }

    private mutating func emit(_ program: Program) throws(AvroSchemaError) {
        switch program {
        case .value(let type, let route):
            try emitValue(type, route)
            append(.end)
        case .fields(let type, let route):
            guard case .record(let fields) = schema.types[type].shape else { return append(.end) }
            append(.enter)
            for field in fields { try emitField(field, route) }
            append(.leave)
        }
    }

    private mutating func emitField(_ field: AvroField, _ route: Route) throws(AvroSchemaError) {
        let name = Array(field.name.utf8)
        let inside = try advanced(route, by: .key(name), or: .anyValue, in: field.type)
        if !inside.rules.isEmpty {
            let spelling = OutputBuffer()
            name.withUnsafeBytes { FieldPath.append(key: $0, after: false, to: spelling) }
            append(.field, operand: pooled(Array(spelling.bytes)))
        }
        try emitValue(field.type, inside)
    }

    private mutating func emitValue(_ type: Int, _ route: Route) throws(AvroSchemaError) {
        let shape = schema.types[type].shape
        if case .union(let branches) = shape { return try emitUnion(branches, route) }
        if isDone(route) { return try emitSeal(type, route) }
        if route.rules.isEmpty && schema.isEmpty[type] { return }
        switch shape {
        case .record: append(.record, program: program(.fields(type, route)))
        case .array(let items): try emitArray(items, route)
        case .map(let values): try emitMap(values, route)
        default: emitScalar(shape)
        }
    }

    private mutating func emitScalar(_ shape: AvroType.Shape) {
        switch shape {
        case .boolean: append(.boolean)
        case .int: append(.int)
        case .long: append(.long)
        case .bytes: append(.bytes)
        case .string: append(.string)
        case .float: emitSkip(4)
        case .double: emitSkip(8)
        case .fixed(let size): emitSkip(size)
        case .enumeration(let symbols): append(.enumeration, operand: Int64(symbols.count))
        case .null, .record, .array, .map, .union: break
        }
    }

    /// Joins bytes to pass over with those before, as a program's first step is never one of another program.
    private mutating func emitSkip(_ count: Int) {
        if steps.last?.operation == .skip { return steps[steps.count - 1].operand += Int64(count) }
        append(.skip, operand: Int64(count))
    }

    private mutating func emitUnion(_ branches: [Int], _ route: Route) throws(AvroSchemaError) {
        append(.union, operand: Int64(branches.count))
        for branch in branches {
            append(.choice, program: valueProgram(branch, try kept(route, in: branch)))
        }
    }

    private mutating func emitArray(_ items: Int, _ route: Route) throws(AvroSchemaError) {
        guard !route.rules.isEmpty else { return append(.array, program: valueProgram(items, Route())) }
        let others = try advanced(route, by: .anyElement, or: .anyElement, in: items)
        let own = ownSegments(route)
        let operand = AvroStep.pack(high: schema.isEmpty[items] ? 1 : 0, low: own.count)
        append(.tracedArray, program: valueProgram(items, others), operand: operand)
        for case .index(let index) in own {
            let inside = try advanced(route, by: .index(index), or: .anyElement, in: items)
            append(.choice, program: valueProgram(items, inside), operand: Int64(index))
        }
    }

    private mutating func emitMap(_ values: Int, _ route: Route) throws(AvroSchemaError) {
        guard let rule = route.rules.first else { return append(.map, program: valueProgram(values, Route())) }
        let others = try advanced(route, by: .anyValue, or: .anyValue, in: values)
        let own = ownSegments(route)
        append(
            .tracedMap, program: valueProgram(values, others), operand: AvroStep.pack(high: rule, low: own.count))
        for case .key(let key) in own {
            let inside = try advanced(route, by: .key(key), or: .anyValue, in: values)
            append(.choice, program: valueProgram(values, inside), operand: pooled(key))
        }
    }

    private mutating func emitSeal(_ type: Int, _ route: Route) throws(AvroSchemaError) {
        guard route.rules.count == 1, let rule = route.rules.first else {
            throw AvroSchemaError(at: schema.types[type].displayName ?? "", "two paths seal the same field")
        }
        let sealed = schema.types[type]
        let isString = sealed.shape == .string
        let isInline = isString && sealed.logical == nil
        let placeholder =
            if isInline { [UInt8]() } else if isString { AvroPlaceholder.uuid } else {
                try AvroPlaceholder.of(type, in: schema.types)
            }
        let index = sealedType(
            AvroSealedType(
                name: sealed.displayName ?? "", placement: isInline ? .inline : .header, placeholder: placeholder))
        sealedByRule[rule].insert(index)
        let operand = AvroStep.pack(high: rule, low: index)
        if isString { return append(isInline ? .sealString : .sealHiddenString, operand: operand) }
        append(.seal, program: valueProgram(type, Route()), operand: operand)
    }

    private mutating func sealedType(_ type: AvroSealedType) -> Int {
        if let known = sealedTypeIndices[type] { return known }
        sealedTypes.append(type)
        sealedTypeIndices[type] = sealedTypes.count - 1
        return sealedTypes.count - 1
    }

    private mutating func append(_ operation: AvroStep.Operation, program: Int32 = -1, operand: Int64 = 0) {
        steps.append(AvroStep(operation: operation, program: program, operand: operand))
    }

    private mutating func pooled(_ bytes: [UInt8]) -> Int64 {
        let start = pool.count
        pool += bytes
        return AvroStep.pack(high: start, low: bytes.count)
    }
}
