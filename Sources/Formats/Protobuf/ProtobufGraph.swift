import CProtobufReflection
import Records

/// Turns a message type and those inside it into a graph.
struct ProtobufGraph {
    /// The options of one place, as they are told.
    private final class Options {
        var attributes = SchemaAttributes()

        func add(_ name: String, _ text: String?) {
            attributes.add(SchemaAttributes([name: text.map { .texts([$0]) } ?? .other]))
        }
    }

    private var graph = SchemaGraph()
    private var places: [ProtobufMessage: Int] = [:]
    private var open: [ProtobufMessage] = []
    /// The place of everything that has no fields.
    private var leaf = 0

    /// The graph of `message`.
    mutating func graph(of message: ProtobufMessage) throws(TagError) -> SchemaGraph {
        graph.places.append(SchemaGraph.Place(name: "scalar"))
        graph.root = place(of: message)
        while let next = open.popLast() { try fill(next) }
        return graph
    }

    private mutating func place(of message: ProtobufMessage) -> Int {
        if let known = places[message] { return known }
        places[message] = graph.places.count
        graph.places.append(SchemaGraph.Place(name: message.name))
        open.append(message)
        return graph.places.count - 1
    }

    private mutating func fill(_ message: ProtobufMessage) throws(TagError) {
        guard let index = places[message] else { return }
        let name = message.name
        graph.places[index].attributes = try Self.options(at: name) { visitor, context in
            pbr_message_visit_options(message.schema, message.handle, visitor, context)
        }
        var edges: [SchemaGraph.Edge] = []
        for number in 0..<pbr_message_field_count(message.handle) {
            let field = pbr_message_field_at(message.schema, message.handle, number)
            edges.append(try edge(field, of: message, number, isExtension: false))
        }
        for number in 0..<pbr_message_extension_count(message.schema, message.handle) {
            let field = pbr_message_extension_at(message.schema, message.handle, number)
            edges.append(try edge(field, of: message, number, isExtension: true))
        }
        graph.places[index].edges = edges
    }

    private mutating func edge(
        _ field: pbr_field, of message: ProtobufMessage, _ number: Int, isExtension: Bool
    ) throws(TagError) -> SchemaGraph.Edge {
        let bytes = UnsafeRawBufferPointer(start: field.name, count: field.name_count)
        let name = String(decoding: bytes, as: UTF8.self)
        let fullName = isExtension ? name : "\(message.name).\(name)"
        let attributes = try Self.options(at: fullName) { visitor, context in
            pbr_field_visit_options(message.schema, message.handle, number, isExtension, visitor, context)
        }
        return SchemaGraph.Edge(
            segment: .key(Array((isExtension ? "[\(name)]" : name).utf8)), attributes: attributes, fullName: fullName,
            target: target(ProtobufShape(field, schema: message.schema), fullName))
    }

    private mutating func target(_ shape: ProtobufShape, _ name: String) -> Int {
        switch shape {
        case .single(let value): return place(of: value)
        case .repeated(let value): return container(of: value, .anyElement, name)
        case .map(let value): return container(of: value, .anyValue, name)
        }
    }

    private mutating func place(of value: ProtobufValue) -> Int {
        if case .message(let message) = value { place(of: message) } else { leaf }
    }

    private mutating func container(of value: ProtobufValue, _ segment: FieldPath.Segment, _ name: String) -> Int {
        guard case .message = value else { return leaf }
        let target = place(of: value)
        graph.places.append(SchemaGraph.Place(name: name, edges: [.init(segment: segment, target: target)]))
        return graph.places.count - 1
    }

    private static func options(
        at place: String, _ visit: (pbr_option_visitor, UnsafeMutableRawPointer) -> Bool
    ) throws(TagError) -> SchemaAttributes {
        let options = Options()
        let isRead = visit(
            { context, name, nameCount, text, textCount in
                guard let context else { return }
                let options = Unmanaged<Options>.fromOpaque(context).takeUnretainedValue()
                let name = String(decoding: UnsafeRawBufferPointer(start: name, count: nameCount), as: UTF8.self)
                let text = text.map {
                    String(decoding: UnsafeRawBufferPointer(start: $0, count: textCount), as: UTF8.self)
                }
                options.add(name, text)
            }, Unmanaged.passUnretained(options).toOpaque())
        guard isRead else { throw TagError(at: place, "the options can't be read") }
        return withExtendedLifetime(options) { options.attributes }
    }
}
