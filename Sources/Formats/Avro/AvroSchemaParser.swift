/// Turns the JSON of schemas into types, with the names of one schema known to the next.
struct AvroSchemaParser {
    private(set) var types: [AvroType] = AvroType.primitives.map { AvroType(shape: $0.shape) }
    private var named: [String: Int] = [:]
    /// What is written beside the unnamed types, and beside references to named ones, of the field or schema in hand.
    private(set) var looseAttributes = SchemaAttributes()

    private static let primitives = Dictionary(
        uniqueKeysWithValues: AvroType.primitives.enumerated().map { ($1.name, $0) })

    /// What Avro gives a meaning to.
    private static let knownAttributes: Set<String> = [
        "type", "name", "namespace", "doc", "aliases", "fields", "symbols", "items", "values", "size", "default",
        "order",
        "logicalType", "precision", "scale",
    ]

    mutating func parse(_ text: String) throws(AvroSchemaError) -> Int {
        looseAttributes = SchemaAttributes()
        return try type(try AvroSchemaJSON(parsing: text), namespace: "", at: "")
    }

    private mutating func type(
        _ json: AvroSchemaJSON, namespace: String, at location: String
    ) throws(AvroSchemaError) -> Int {
        switch json {
        case .string(let name): return try reference(name, namespace: namespace, at: location)
        case .array(let branches): return try union(branches, namespace: namespace, at: location)
        case .object(let attributes): return try declared(attributes, namespace: namespace, at: location)
        default: throw AvroSchemaError(at: location, "a type is a name, an object or a union, not another JSON value")
        }
    }

    private mutating func declared(
        _ attributes: [String: AvroSchemaJSON], namespace: String, at location: String
    ) throws(AvroSchemaError) -> Int {
        guard let type = attributes["type"]?.text else {
            throw AvroSchemaError(at: location, "an object needs \"type\" with the name of a type")
        }
        switch type {
        case "record", "error": return try record(attributes, namespace: namespace, at: location)
        case "enum": return try enumeration(attributes, namespace: namespace, at: location)
        case "fixed": return try fixed(attributes, namespace: namespace, at: location)
        default: break
        }
        looseAttributes.add(Self.attributes(attributes))
        switch type {
        case "array": return try array(attributes, namespace: namespace, at: location)
        case "map": return try map(attributes, namespace: namespace, at: location)
        default:
            let referenced = try reference(type, namespace: namespace, at: location)
            // A logical type belongs to a declaration; on the name of an earlier one it means nothing.
            guard let primitive = Self.primitives[type] else { return referenced }
            let shape = types[primitive].shape
            guard let logical = AvroLogicalType(of: shape, attributes: attributes) else { return primitive }
            return add(AvroType(shape: shape, logical: logical))
        }
    }

    private func reference(
        _ name: String, namespace: String, at location: String
    ) throws(AvroSchemaError) -> Int {
        if let primitive = Self.primitives[name] { return primitive }
        // The second look-up is the reference implementation's: schemas in registries rely on it.
        if let type = named[AvroName.full(name, in: namespace)] ?? named[name] { return type }
        throw AvroSchemaError(at: location, "the type '\(name)' is not defined before it is used")
    }

    private mutating func union(
        _ branches: [AvroSchemaJSON], namespace: String, at location: String
    ) throws(AvroSchemaError) -> Int {
        var parsed: [Int] = []
        var seen: Set<String> = []
        for branch in branches {
            let type = try type(branch, namespace: namespace, at: location)
            guard let name = types[type].displayName else {
                throw AvroSchemaError(at: location, "a union may not directly contain another union")
            }
            guard seen.insert(name).inserted else {
                throw AvroSchemaError(at: location, "the union has two branches '\(name)'")
            }
            parsed.append(type)
        }
        return add(AvroType(shape: .union(branches: parsed)))
    }

    private mutating func array(
        _ attributes: [String: AvroSchemaJSON], namespace: String, at location: String
    ) throws(AvroSchemaError) -> Int {
        guard let items = attributes["items"] else { throw AvroSchemaError(at: location, "an array needs \"items\"") }
        let type = try type(items, namespace: namespace, at: "\(location)[*]")
        return add(AvroType(shape: .array(items: type)))
    }

    private mutating func map(
        _ attributes: [String: AvroSchemaJSON], namespace: String, at location: String
    ) throws(AvroSchemaError) -> Int {
        guard let values = attributes["values"] else { throw AvroSchemaError(at: location, "a map needs \"values\"") }
        let type = try type(values, namespace: namespace, at: "\(location).*")
        return add(AvroType(shape: .map(values: type)))
    }

    private mutating func record(
        _ attributes: [String: AvroSchemaJSON], namespace: String, at location: String
    ) throws(AvroSchemaError) -> Int {
        let name = try fullName(attributes, namespace: namespace, at: location)
        guard case .array(let declarations) = attributes["fields"] else {
            throw AvroSchemaError(at: name, "a record needs \"fields\" as an array")
        }
        // It is known before its fields are read, so that they may refer to it.
        let index = try define(
            AvroType(shape: .record(fields: []), name: name, attributes: Self.attributes(attributes)), at: location)
        var fields: [AvroField] = []
        var seen: Set<String> = []
        for declaration in declarations {
            let field = try field(declaration, of: name)
            guard seen.insert(field.name).inserted else {
                throw AvroSchemaError(at: name, "the record has two fields '\(field.name)'")
            }
            fields.append(field)
        }
        types[index].shape = .record(fields: fields)
        return index
    }

    private mutating func field(_ json: AvroSchemaJSON, of record: String) throws(AvroSchemaError) -> AvroField {
        guard case .object(let attributes) = json, let name = attributes["name"]?.text, AvroName.isSimple(name) else {
            throw AvroSchemaError(at: record, "a field is an object with a \"name\" of letters, digits and _")
        }
        let location = "\(record).\(name)"
        guard let type = attributes["type"] else { throw AvroSchemaError(at: location, "a field needs a \"type\"") }
        try checkAliases(attributes, at: location)
        let outside = looseAttributes
        defer { looseAttributes = outside }
        looseAttributes = Self.attributes(attributes)
        let index = try self.type(type, namespace: AvroName.namespace(of: record), at: location)
        return AvroField(name: name, type: index, attributes: looseAttributes)
    }

    private mutating func enumeration(
        _ attributes: [String: AvroSchemaJSON], namespace: String, at location: String
    ) throws(AvroSchemaError) -> Int {
        let name = try fullName(attributes, namespace: namespace, at: location)
        guard case .array(let values) = attributes["symbols"], !values.isEmpty else {
            throw AvroSchemaError(at: name, "an enum needs \"symbols\" with at least one symbol")
        }
        var symbols: [String] = []
        var seen: Set<String> = []
        for value in values {
            guard let symbol = value.text, AvroName.isSimple(symbol) else {
                throw AvroSchemaError(at: name, "a symbol is a string of letters, digits and _")
            }
            guard seen.insert(symbol).inserted else {
                throw AvroSchemaError(at: name, "the enum has the symbol '\(symbol)' twice")
            }
            symbols.append(symbol)
        }
        if let fallback = attributes["default"] {
            guard let symbol = fallback.text, seen.contains(symbol) else {
                throw AvroSchemaError(at: name, "the enum's default is none of its symbols")
            }
        }
        let type = AvroType(
            shape: .enumeration(symbols: symbols), name: name, attributes: Self.attributes(attributes))
        return try define(type, at: location)
    }

    private mutating func fixed(
        _ attributes: [String: AvroSchemaJSON], namespace: String, at location: String
    ) throws(AvroSchemaError) -> Int {
        let name = try fullName(attributes, namespace: namespace, at: location)
        guard let size = attributes["size"]?.integer, size >= 0, size <= Int32.max else {
            throw AvroSchemaError(at: name, "a fixed needs a \"size\" from 0 to \(Int32.max)")
        }
        let shape = AvroType.Shape.fixed(size: size)
        let logical = AvroLogicalType(of: shape, attributes: attributes)
        let type = AvroType(shape: shape, name: name, logical: logical, attributes: Self.attributes(attributes))
        return try define(type, at: location)
    }

    private static func attributes(_ members: [String: AvroSchemaJSON]) -> SchemaAttributes {
        SchemaAttributes(readingUnknown: members, known: knownAttributes)
    }

    private func fullName(
        _ attributes: [String: AvroSchemaJSON], namespace: String, at location: String
    ) throws(AvroSchemaError) -> String {
        guard let name = attributes["name"]?.text, AvroName.isDotted(name) else {
            throw AvroSchemaError(at: location, "a named type needs a \"name\" of letters, digits, _ and dots")
        }
        var space = namespace
        if let own = attributes["namespace"], case .string(let text) = own {
            guard text.isEmpty || AvroName.isDotted(text) else {
                throw AvroSchemaError(at: location, "the namespace '\(text)' is not names joined by dots")
            }
            space = text
        }
        let full = AvroName.full(name, in: space)
        guard Self.primitives[AvroName.simple(of: full)] == nil else {
            throw AvroSchemaError(at: location, "a named type may not have the name of a primitive, as '\(full)' does")
        }
        try checkAliases(attributes, at: full)
        return full
    }

    private func checkAliases(
        _ attributes: [String: AvroSchemaJSON], at location: String
    ) throws(AvroSchemaError) {
        guard let aliases = attributes["aliases"] else { return }
        guard case .array(let values) = aliases, values.allSatisfy({ $0.text.map(AvroName.isDotted) ?? false }) else {
            throw AvroSchemaError(at: location, "aliases are an array of names")
        }
    }

    private mutating func define(_ type: AvroType, at location: String) throws(AvroSchemaError) -> Int {
        let name = type.name ?? ""
        guard named[name] == nil else { throw AvroSchemaError(at: location, "the type '\(name)' is defined twice") }
        let index = add(type)
        named[name] = index
        return index
    }

    private mutating func add(_ type: AvroType) -> Int {
        types.append(type)
        return types.count - 1
    }
}
