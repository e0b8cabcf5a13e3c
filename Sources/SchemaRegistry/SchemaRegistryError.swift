/// Why there is no schema.
public enum SchemaRegistryError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The payload's first byte is not 0x00.
    case notFramed
    /// The payload ends within the framing.
    case truncatedFraming(byteCount: Int)
    /// What follows the framing of a Protobuf payload is no message index.
    case malformedMessageIndex
    /// The settings contradict themselves or hold no usable URL.
    case invalidSettings(reason: String)
    /// The schema must be fetched first: `SchemaCache.obtain`.
    case pending(id: UInt32)
    /// The registry gave no answer.
    case unreachable(id: UInt32, reason: String)
    /// The registry answered, but neither with the schema nor that there is none; `message` is in its own words.
    case refused(id: UInt32, status: Int, message: String)
    /// The answer is not what the registry's interface promises.
    case malformedReply(id: UInt32, reason: String)
    /// The registry has no schema of this id.
    case unknownSchema(id: UInt32)
    /// The schema refers to one that the registry does not have.
    case unknownReference(id: UInt32, subject: String, version: Int)
    /// The schema's language is none of `SchemaType`.
    case unsupportedType(id: UInt32, type: String)
    /// The schema, or all it refers to, is longer than `limit` bytes.
    case tooLarge(id: UInt32, limit: Int)
    /// The schema's references run in a circle, too deep or too far, or give one name to two schemas.
    case invalidReferences(id: UInt32, reason: String)

    /// Whether the same call may succeed later without a change to the record.
    ///
    /// What the registry refuses counts as transient, since its credentials and its address are not the record's fault.
    /// A permanent error about a schema is asked about again after `SchemaCache.refusalMilliseconds`.
    public var isTransient: Bool {
        switch self {
        case .pending, .unreachable, .refused, .malformedReply: true
        case .notFramed, .truncatedFraming, .malformedMessageIndex, .invalidSettings, .unknownSchema, .unknownReference,
            .unsupportedType, .tooLarge, .invalidReferences:
            false
        }
    }

    /// The id to call `SchemaCache.obtain` with before trying again; nil for permanent errors.
    public var neededSchemaID: UInt32? {
        switch self {
        case .pending(let id), .unreachable(let id, _), .refused(let id, _, _), .malformedReply(let id, _): id
        case .notFramed, .truncatedFraming, .malformedMessageIndex, .invalidSettings, .unknownSchema, .unknownReference,
            .unsupportedType, .tooLarge, .invalidReferences:
            nil
        }
    }

    /// The same error about another schema.
    func about(_ id: UInt32) -> SchemaRegistryError {
        switch self {
        case .unreachable(_, let reason): .unreachable(id: id, reason: reason)
        default: self
        }
    }

    /// A sentence for people.
    public var description: String {
        switch self {
        case .notFramed: "payload does not begin with 0x00 and a schema id"
        case .truncatedFraming(let count): "payload of \(count) bytes ends within the schema id"
        case .malformedMessageIndex: "no valid message index follows the schema id of a Protobuf payload"
        case .invalidSettings(let reason): "schema registry settings: \(reason)"
        case .pending(let id): "schema \(id) has not been fetched yet"
        case .unreachable(let id, let reason): "no answer from the schema registry about schema \(id): \(reason)"
        case .refused(let id, let status, let message):
            "schema registry refuses schema \(id) with HTTP status \(status): \(message)"
        case .malformedReply(let id, let reason): "malformed answer from the schema registry about \(id): \(reason)"
        case .unknownSchema(let id): "schema registry has no schema \(id)"
        case .unknownReference(let id, let subject, let version):
            "schema \(id) refers to version \(version) of subject \(subject), which the schema registry does not have"
        case .unsupportedType(let id, let type): "schema \(id) is of type \(type), which is not supported"
        case .tooLarge(let id, let limit): "schema \(id) is longer than \(limit) bytes"
        case .invalidReferences(let id, let reason): "references of schema \(id): \(reason)"
        }
    }
}
