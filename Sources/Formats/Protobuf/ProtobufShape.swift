import CProtobufReflection
import Records

/// What a field, or something in it, looks like in canonical JSON.
enum ProtobufShape: Hashable {
    case single(ProtobufValue)
    case repeated(ProtobufValue)
    case map(ProtobufValue)

    init(_ field: pbr_field, schema: OpaquePointer) {
        let value: ProtobufValue
        switch field.kind {
        case PBR_MESSAGE: value = field.message.map { .message(ProtobufMessage(schema: schema, handle: $0)) } ?? .any
        case PBR_ENUM:
            let name = UnsafeRawBufferPointer(start: field.first_value, count: field.first_value_count)
            value = .scalar(defaultJSON: "\"\(String(decoding: name, as: UTF8.self))\"")
        default: value = ProtobufValue(field.kind)
        }
        self = field.is_map ? .map(value) : field.is_repeated ? .repeated(value) : .single(value)
    }

    /// What stands for nothing in it.
    var defaultJSON: String {
        switch self {
        case .single(let value): value.defaultJSON
        case .repeated: "[]"
        case .map: "{}"
        }
    }

    /// What a segment leads to; empty where it leads to nothing.
    func successors(by segment: FieldPath.Segment) -> [ProtobufShape] {
        switch (self, segment) {
        case (.repeated(let value), .index), (.repeated(let value), .anyElement): [.single(value)]
        case (.map(let value), .key), (.map(let value), .anyValue): [.single(value)]
        case (.single(.message(let message)), .key(let name)): message.field(named: name).map { [$0] } ?? []
        case (.single(.message(let message)), .anyValue): message.fields
        case (.single(.structure), .key), (.single(.structure), .anyValue): [.single(.dynamic)]
        case (.single(.list), .index), (.single(.list), .anyElement): [.single(.dynamic)]
        case (.single(.dynamic), _): [.single(.dynamic)]
        default: []
        }
    }

    /// Whether a segment that leads to nothing names a field that records of another version of the schema may have.
    func mayLack(_ segment: FieldPath.Segment) -> Bool {
        if case (.single(.message), .key) = (self, segment) { return true }
        return false
    }
}
