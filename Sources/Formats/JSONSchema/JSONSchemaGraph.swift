import Records

/// Turns a JSON Schema into a graph, one place for each subschema, however often it is referred to.
///
/// Every keyword of drafts 4 to 2020-12 that applies a subschema to a value is followed but `not`, which describes what the
/// value is not.
struct JSONSchemaGraph {
    fileprivate struct Address: Hashable {
        var document: Int
        /// A JSON Pointer (RFC 6901), unescaped.
        var pointer: [String]
    }

    /// Subschemas that describe the same value.
    private static let sameValue = ["if", "then", "else"]
    private static let sameValueLists = ["allOf", "anyOf", "oneOf"]
    private static let sameValueMaps = ["dependentSchemas", "dependencies"]
    private static let references = ["$ref", "$dynamicRef", "$recursiveRef"]
    private static let anyMember = ["additionalProperties", "unevaluatedProperties"]
    private static let anyElement = ["additionalItems", "unevaluatedItems", "contains"]
    /// The most subschemas of a schema.
    private static let mostPlaces = 100_000

    private let texts: [(name: String, text: String)]
    private var documents: [AvroSchemaJSON] = []
    private var anchors: [[String: [String]]] = []
    private var graph = SchemaGraph()
    private var places: [Address: Int] = [:]
    private var open: [(address: Address, json: AvroSchemaJSON, path: String)] = []

    /// - Parameter documents: the schema itself, then those that it may refer to, by name.
    init(documents: [(name: String, text: String)]) {
        texts = documents
    }

    /// The graph of the first document.
    mutating func build() throws(TagError) -> SchemaGraph {
        for (name, text) in texts {
            do throws(AvroSchemaError) {
                documents.append(try AvroSchemaJSON(parsing: text))
            } catch {
                throw TagError(at: name, "no JSON Schema: \(error.reason)")
            }
        }
        anchors = documents.map(Self.anchors)
        graph.root = try place(Address(document: 0, pointer: []), documents[0], path: "$")
        while let next = open.popLast() { try fill(next.address, next.json, path: next.path) }
        return graph
    }

    /// The place of a subschema, which is filled in later.
    private mutating func place(
        _ address: Address, _ json: AvroSchemaJSON, path: String
    ) throws(TagError) -> Int {
        if let known = places[address] { return known }
        guard graph.places.count < Self.mostPlaces else {
            throw TagError(at: path, "the schema is too large to follow")
        }
        let index = graph.places.count
        let name = (texts[address.document].name) + "#" + address.pointer.map { "/\($0)" }.joined()
        graph.places.append(SchemaGraph.Place(name: name))
        places[address] = index
        open.append((address, json, path))
        return index
    }

    private mutating func fill(
        _ address: Address, _ json: AvroSchemaJSON, path: String
    ) throws(TagError) {
        guard let index = places[address] else { return }
        switch json {
        case .boolean: return
        case .object(let members):
            graph.places[index].attributes = SchemaAttributes(readingUnknown: members)
            var edges: [SchemaGraph.Edge] = []
            try addSameValue(members, at: address, path: path, to: &edges)
            try addMembers(members, at: address, path: path, to: &edges)
            try addElements(members, at: address, path: path, to: &edges)
            graph.places[index].edges = edges
        default: throw TagError(at: graph.places[index].name, "a schema is an object or a boolean")
        }
    }

    private mutating func addSameValue(
        _ members: [String: AvroSchemaJSON], at address: Address, path: String, to edges: inout [SchemaGraph.Edge]
    ) throws(TagError) {
        for keyword in Self.sameValue {
            guard let schema = members[keyword] else { continue }
            try add(nil, address.inside(keyword), schema, path: path, to: &edges)
        }
        for keyword in Self.sameValueLists {
            guard case .array(let schemas) = members[keyword] else { continue }
            for (index, schema) in schemas.enumerated() {
                try add(nil, address.inside(keyword, "\(index)"), schema, path: path, to: &edges)
            }
        }
        for keyword in Self.sameValueMaps {
            guard case .object(let schemas) = members[keyword] else { continue }
            for (name, schema) in schemas.sorted(by: { $0.key < $1.key }) {
                // In older drafts a list of names may stand there.
                if case .array = schema { continue }
                try add(nil, address.inside(keyword, name), schema, path: path, to: &edges)
            }
        }
        for keyword in Self.references {
            guard let reference = members[keyword] else { continue }
            let (target, schema) = try resolve(reference, from: address)
            try add(nil, target, schema, path: path, to: &edges)
        }
    }

    private mutating func addMembers(
        _ members: [String: AvroSchemaJSON], at address: Address, path: String, to edges: inout [SchemaGraph.Edge]
    ) throws(TagError) {
        if case .object(let properties) = members["properties"] {
            for (name, schema) in properties.sorted(by: { $0.key < $1.key }) {
                try add(
                    .key(Array(name.utf8)), address.inside("properties", name), schema, path: "\(path).\(name)",
                    to: &edges)
            }
        }
        if case .object(let patterns) = members["patternProperties"] {
            for (pattern, schema) in patterns.sorted(by: { $0.key < $1.key }) {
                try add(
                    .anyValue, address.inside("patternProperties", pattern), schema, path: "\(path).\(pattern)",
                    to: &edges)
            }
        }
        for keyword in Self.anyMember {
            guard let schema = members[keyword] else { continue }
            try add(.anyValue, address.inside(keyword), schema, path: "\(path).*", to: &edges)
        }
    }

    private mutating func addElements(
        _ members: [String: AvroSchemaJSON], at address: Address, path: String, to edges: inout [SchemaGraph.Edge]
    ) throws(TagError) {
        for keyword in ["items", "prefixItems"] {
            switch members[keyword] {
            case .array(let schemas):
                for (index, schema) in schemas.enumerated() {
                    try add(
                        .index(index), address.inside(keyword, "\(index)"), schema, path: "\(path)[\(index)]",
                        to: &edges)
                }
            case let schema?: try add(.anyElement, address.inside(keyword), schema, path: "\(path)[0]", to: &edges)
            case nil: break
            }
        }
        for keyword in Self.anyElement {
            guard let schema = members[keyword] else { continue }
            try add(.anyElement, address.inside(keyword), schema, path: "\(path)[0]", to: &edges)
        }
    }

    private mutating func add(
        _ segment: FieldPath.Segment?, _ address: Address, _ schema: AvroSchemaJSON, path: String,
        to edges: inout [SchemaGraph.Edge]
    ) throws(TagError) {
        let target = try place(address, schema, path: path)
        edges.append(SchemaGraph.Edge(segment: segment, fullName: segment == nil ? nil : path, target: target))
    }

    /// What a reference leads to: `#`, `#/pointer`, `#anchor`, or the same in another document. What can't be found is an
    /// error, since there might be tags.
    private func resolve(
        _ reference: AvroSchemaJSON, from address: Address
    ) throws(TagError) -> (Address, AvroSchemaJSON) {
        guard let text = reference.text else { throw TagError(at: "$ref", "a reference is a text") }
        let parts = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let fragment = parts.count > 1 ? String(parts[1]) : ""
        guard let document = document(String(parts[0]), from: address) else {
            throw TagError(at: text, "the reference leads to no schema that is known")
        }
        var pointer: [String] = []
        if fragment.hasPrefix("/") {
            pointer = try Self.pointer(fragment, of: text)
        } else if !fragment.isEmpty {
            guard let anchor = anchors[document][fragment] else {
                throw TagError(at: text, "the reference leads to no such anchor")
            }
            pointer = anchor
        }
        guard let schema = Self.value(at: pointer, in: documents[document]) else {
            throw TagError(at: text, "the reference leads nowhere")
        }
        return (Address(document: document, pointer: pointer), schema)
    }

    private func document(_ name: String, from address: Address) -> Int? {
        if name.isEmpty { return address.document }
        if let known = texts.indices.dropFirst().first(where: { texts[$0].name == name }) { return known }
        return documents.indices.first {
            guard case .object(let members) = documents[$0] else { return false }
            return (members["$id"] ?? members["id"])?.text.map { id in id == name || id == name + "#" } ?? false
        }
    }

    /// RFC 6901, in a URI's fragment.
    private static func pointer(_ fragment: String, of reference: String) throws(TagError) -> [String] {
        guard let plain = percentDecoded(fragment) else {
            throw TagError(at: reference, "the reference's fragment is not percent-encoded as it must be")
        }
        return plain.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map {
            String($0.replacing("~1", with: "/").replacing("~0", with: "~"))
        }
    }

    private static func percentDecoded(_ text: String) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let digits = String(rest.prefix(2)), digits.utf8.count == 2, digits.allSatisfy(\.isHexDigit),
                let value = UInt8(digits, radix: 16)
            else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func value(at pointer: [String], in json: AvroSchemaJSON) -> AvroSchemaJSON? {
        var json = json
        for step in pointer {
            switch json {
            case .object(let members):
                guard let member = members[step] else { return nil }
                json = member
            case .array(let elements):
                guard let index = Int(step), elements.indices.contains(index) else { return nil }
                json = elements[index]
            default: return nil
            }
        }
        return json
    }

    /// Where each `$anchor` and `$dynamicAnchor` of a document stands. The reader has bounded how deep it is.
    private static func anchors(of json: AvroSchemaJSON) -> [String: [String]] {
        var found: [String: [String]] = [:]
        func look(_ json: AvroSchemaJSON, _ pointer: [String]) {
            switch json {
            case .object(let members):
                for keyword in ["$anchor", "$dynamicAnchor"] {
                    if let name = members[keyword]?.text { found[name] = pointer }
                }
                for (name, member) in members { look(member, pointer + [name]) }
            case .array(let elements):
                for (index, element) in elements.enumerated() { look(element, pointer + ["\(index)"]) }
            default: break
            }
        }
        look(json, [])
        return found
    }
}

extension JSONSchemaGraph.Address {
    fileprivate func inside(_ steps: String...) -> JSONSchemaGraph.Address {
        JSONSchemaGraph.Address(document: document, pointer: pointer + steps)
    }
}
