/// Facts about types that depend on the types they are made of, found without recursion, however deep the schema.
enum AvroTypeGraph {
    /// When a fact holds for a type.
    enum Condition {
        case always, never
        /// It holds for all of these types.
        case all([Int])
        /// It holds for one of these types.
        case any([Int])
    }

    /// Whether a value of each type can end, so that no record contains itself by value.
    static func finite(_ types: [AvroType]) -> [Bool] {
        settle(
            types.map {
                switch $0.shape {
                case .record(let fields): .all(fields.map(\.type))
                case .union(let branches) where !branches.isEmpty: .any(branches)
                default: .always
                }
            })
    }

    /// Whether every value of each type is encoded in no bytes at all.
    static func empty(_ types: [AvroType]) -> [Bool] {
        settle(
            types.map {
                switch $0.shape {
                case .null, .fixed(size: 0): .always
                case .record(let fields): .all(fields.map(\.type))
                default: .never
                }
            })
    }

    /// The least set of types for which the conditions hold, in time linear in their size.
    private static func settle(_ conditions: [Condition]) -> [Bool] {
        var holds = [Bool](repeating: false, count: conditions.count)
        var missing = [Int](repeating: 0, count: conditions.count)
        var dependents = [[Int]](repeating: [], count: conditions.count)
        var ready: [Int] = []
        for (type, condition) in conditions.enumerated() {
            switch condition {
            case .always: ready.append(type)
            case .never: missing[type] = .max
            case .all(let others):
                missing[type] = others.count
                for other in others { dependents[other].append(type) }
                if others.isEmpty { ready.append(type) }
            case .any(let others):
                missing[type] = 1
                for other in others { dependents[other].append(type) }
            }
        }
        while let type = ready.popLast() {
            guard !holds[type] else { continue }
            holds[type] = true
            for dependent in dependents[type] where !holds[dependent] {
                missing[dependent] -= 1
                if missing[dependent] <= 0 { ready.append(dependent) }
            }
        }
        return holds
    }
}
