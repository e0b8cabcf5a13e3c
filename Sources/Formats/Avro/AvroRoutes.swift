import Records

/// Which paths go on where in the types of a schema.
struct AvroRoutes {
    private struct Reach: Hashable {
        let type: Int
        let rule: Int
        let position: Int
    }

    /// How large a plan may get, in steps and in facts about types, whatever the schema.
    static let maximumSize = 1 << 20

    private let schema: AvroSchema
    private let paths: [FieldPath]
    private var reached: [Reach: Bool] = [:]

    init(schema: AvroSchema, paths: [FieldPath]) {
        self.schema = schema
        self.paths = paths
    }

    /// All rules at the type of a datum.
    var start: AvroRoute { AvroRoute(rules: Array(paths.indices)) }

    /// Refuses paths that overlap, and one that runs into a type that could never have it.
    mutating func check() throws(AvroSchemaError) {
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

extension AvroRoutes {
    /// Whether a rule that has come as far as `position` finds a field to seal in values of `type`.
    private mutating func reaches(_ type: Int, rule: Int, position: Int) throws(AvroSchemaError) -> Bool {
        let key = Reach(type: type, rule: rule, position: position)
        if let known = reached[key] { return known }
        guard reached.count < Self.maximumSize else { throw Self.tooLarge }
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
    mutating func kept(_ route: AvroRoute, in type: Int) throws(AvroSchemaError) -> AvroRoute {
        var rules: [Int] = []
        for rule in route.rules where try reaches(type, rule: rule, position: route.position) { rules.append(rule) }
        return rules.isEmpty ? AvroRoute() : AvroRoute(rules: rules, position: route.position)
    }

    /// The rules of `route` whose next segment is one of two, as far as they find something in `type`.
    mutating func advanced(
        _ route: AvroRoute, by segment: FieldPath.Segment, or wildcard: FieldPath.Segment, in type: Int
    ) throws(AvroSchemaError) -> AvroRoute {
        let rules = route.rules.filter {
            let next = paths[$0].segments[route.position]
            return next == segment || next == wildcard
        }
        return try kept(AvroRoute(rules: rules, position: route.position + 1), in: type)
    }

    /// The segments of a route's rules that are not wildcards, each once.
    func ownSegments(_ route: AvroRoute) -> [FieldPath.Segment] {
        var seen: Set<FieldPath.Segment> = [.anyElement, .anyValue]
        return route.rules.map { paths[$0].segments[route.position] }.filter { seen.insert($0).inserted }
    }

    static var tooLarge: AvroSchemaError {
        AvroSchemaError(at: "", "the plan for these paths would have over \(maximumSize) steps")
    }

    /// Whether a rule of `route` ends here, so that the value is sealed.
    func isDone(_ route: AvroRoute) -> Bool {
        route.rules.contains { paths[$0].segments.count == route.position }
    }
}
