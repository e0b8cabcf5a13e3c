import Records

/// Turns a schema and paths into steps.
///
/// A program exists once for each type and set of rules that are under way in it, so recursion becomes a call, and a
/// type that is used in many places is compiled once. Programs wait in a list instead of recursing.
struct AvroPlanCompiler {
    private enum Program: Hashable {
        case value(Int, AvroRoute)
        case fields(Int, AvroRoute)
    }

    private let schema: AvroSchema
    private let hasWildcard: [Bool]
    private var routes: AvroRoutes
    private var programs: [Program: Int32] = [:]
    private var pending: [Program] = []
    private var starts: [Int32] = []
    private var sealedTypeIndices: [AvroSealedType: Int] = [:]
    /// How many records are being written down within others.
    private var inlined = 0
    private var sealedByRule: [Set<Int>]

    private(set) var steps: [AvroStep] = []
    private(set) var pool: [UInt8] = []
    private(set) var sealedTypes: [AvroSealedType] = []

    init(schema: AvroSchema, paths: [FieldPath]) {
        self.schema = schema
        routes = AvroRoutes(schema: schema, paths: paths)
        sealedByRule = Array(repeating: [], count: paths.count)
        hasWildcard = paths.map(\.hasWildcard)
    }

    /// Compiles everything and returns the index of the first step.
    mutating func compile() throws(AvroSchemaError) -> Int {
        try routes.check()
        let entry = program(.value(schema.root, routes.start))
        while starts.count < pending.count {
            let next = pending[starts.count]
            starts.append(Int32(steps.count))
            try emit(next)
            guard steps.count <= AvroRoutes.maximumSize, pool.count <= 16 * AvroRoutes.maximumSize else {
                throw AvroRoutes.tooLarge
            }
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

    /// What each rule seals, for people.
    var sealings: [[AvroSealing]] {
        sealedByRule.map { indices in
            indices.sorted().map { index in
                let type = sealedTypes[index]
                return AvroSealing(
                    typeName: type.name, placement: type.placement, placeholder: type.placeholderText)
            }
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
    private mutating func valueProgram(_ type: Int, _ route: AvroRoute) -> Int32 {
        if route.rules.isEmpty && schema.isEmpty[type] { return -1 }
        if case .record = schema.types[type].shape, !routes.isDone(route) { return program(.fields(type, route)) }
        return program(.value(type, route))
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

    private mutating func emitField(_ field: AvroField, _ route: AvroRoute) throws(AvroSchemaError) {
        let name = Array(field.name.utf8)
        let inside = try routes.advanced(route, by: .key(name), or: .anyValue, in: field.type)
        if inside.rules.contains(where: { hasWildcard[$0] }) {
            let spelling = OutputBuffer()
            name.withUnsafeBytes { FieldPath.append(key: $0, after: false, to: spelling) }
            append(.field, operand: pooled(Array(spelling.bytes)))
        }
        try emitValue(field.type, inside)
    }

    private mutating func emitValue(_ type: Int, _ route: AvroRoute) throws(AvroSchemaError) {
        let shape = schema.types[type].shape
        if case .union(let branches) = shape { return try emitUnion(branches, route) }
        if routes.isDone(route) { return try emitSeal(type, route) }
        if route.rules.isEmpty && schema.isEmpty[type] { return }
        switch shape {
        case .record(let fields):
            guard isInlined(route) else { return append(.record, program: program(.fields(type, route))) }
            inlined += 1
            append(.enter)
            for field in fields { try emitField(field, route) }
            append(.exit)
            inlined -= 1
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

    /// Whether a record's fields are written down where it stands, which saves a call: a few levels deep, as long as the plan is
    /// small, and where no path is spelled, whose begin a program keeps.
    private func isInlined(_ route: AvroRoute) -> Bool {
        inlined < 4 && steps.count < 4096 && !route.rules.contains { hasWildcard[$0] }
    }

    private mutating func emitUnion(_ branches: [Int], _ route: AvroRoute) throws(AvroSchemaError) {
        let start = steps.count
        append(.union)
        let kept = try branches.map { (branch) throws(AvroSchemaError) in try routes.kept(route, in: branch) }
        for (branch, route) in zip(branches, kept) {
            append(.choice, program: isScalar(branch) ? -1 : valueProgram(branch, route))
        }
        // Scalars are written down behind the choices, each with a jump to where the union ends.
        var jumps: [Int] = []
        for (index, branch) in branches.enumerated() where isScalar(branch) {
            steps[start + 1 + index].operand = Int64(steps.count - start)
            try emitValue(branch, kept[index])
            jumps.append(steps.count)
            append(.jump)
        }
        for jump in jumps { steps[jump].operand = Int64(steps.count - jump) }
        steps[start].operand = AvroStep.pack(high: steps.count - start, low: branches.count)
    }

    /// Whether values of a type are read by one step, which is no skip that others could be joined with.
    private func isScalar(_ type: Int) -> Bool {
        switch schema.types[type].shape {
        case .boolean, .int, .long, .bytes, .string, .enumeration: true
        case .null, .record, .array, .map, .union, .fixed, .float, .double: false
        }
    }

    private mutating func emitArray(_ items: Int, _ route: AvroRoute) throws(AvroSchemaError) {
        guard !route.rules.isEmpty else { return append(.array, program: valueProgram(items, AvroRoute())) }
        let others = try routes.advanced(route, by: .anyElement, or: .anyElement, in: items)
        let own = routes.ownSegments(route)
        let operand = AvroStep.pack(high: schema.isEmpty[items] ? 1 : 0, low: own.count)
        append(.tracedArray, program: valueProgram(items, others), operand: operand)
        for case .index(let index) in own {
            let inside = try routes.advanced(route, by: .index(index), or: .anyElement, in: items)
            append(.choice, program: valueProgram(items, inside), operand: Int64(index))
        }
    }

    private mutating func emitMap(_ values: Int, _ route: AvroRoute) throws(AvroSchemaError) {
        guard let rule = route.rules.first else { return append(.map, program: valueProgram(values, AvroRoute())) }
        let others = try routes.advanced(route, by: .anyValue, or: .anyValue, in: values)
        let own = routes.ownSegments(route)
        append(
            .tracedMap, program: valueProgram(values, others), operand: AvroStep.pack(high: rule, low: own.count))
        for case .key(let key) in own {
            let inside = try routes.advanced(route, by: .key(key), or: .anyValue, in: values)
            append(.choice, program: valueProgram(values, inside), operand: pooled(key))
        }
    }

    private mutating func emitSeal(_ type: Int, _ route: AvroRoute) throws(AvroSchemaError) {
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
                name: sealed.displayName ?? "", placement: isInline ? .inline : .header, placeholder: placeholder,
                placeholderText: isInline ? nil : AvroPlaceholder.text(of: sealed)))
        sealedByRule[rule].insert(index)
        let operand = AvroStep.pack(high: rule, low: index)
        if isString { return append(isInline ? .sealString : .sealHiddenString, operand: operand) }
        append(.seal, program: valueProgram(type, AvroRoute()), operand: operand)
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
