import CProtobufReflection

/// What a single value looks like in canonical JSON.
enum ProtobufValue: Hashable {
    /// A number, a string or a boolean, which has a default and no members.
    case scalar(defaultJSON: String)
    /// An object of the message's fields.
    case message(ProtobufMessage)
    /// google.protobuf.Any: an object whose members depend on the type in it.
    case any
    /// google.protobuf.Struct.
    case structure
    /// google.protobuf.ListValue.
    case list
    /// google.protobuf.Value, and what is in a Struct or a ListValue: JSON of any form.
    case dynamic

    /// The value of a kind that is not a message's or an enum's.
    init(_ kind: pbr_kind) {
        switch kind {
        case PBR_NUMBER: self = .scalar(defaultJSON: "0")
        case PBR_NUMBER_TEXT: self = .scalar(defaultJSON: #""0""#)
        case PBR_BOOL: self = .scalar(defaultJSON: "false")
        case PBR_TIMESTAMP: self = .scalar(defaultJSON: #""1970-01-01T00:00:00Z""#)
        case PBR_DURATION: self = .scalar(defaultJSON: #""0s""#)
        case PBR_NULL_VALUE: self = .scalar(defaultJSON: "null")
        case PBR_ANY: self = .any
        case PBR_STRUCT: self = .structure
        case PBR_LIST_VALUE: self = .list
        case PBR_VALUE: self = .dynamic
        default: self = .scalar(defaultJSON: #""""#)
        }
    }

    /// What stands for nothing: the default of proto3.
    var defaultJSON: String {
        switch self {
        case .scalar(let json): json
        case .message, .any, .structure: "{}"
        case .list: "[]"
        case .dynamic: "null"
        }
    }
}
