/// Why a record was not transformed: what a person needs to act, and never a value, a key's bytes or a map key.
public struct TransformError: Error, Sendable, CustomStringConvertible {
    /// A stable snake_case code, as the docs' table lists it.
    public enum Reason: String, CaseIterable, Sendable {
        /// The source record carries a `fieldseal.*` header.
        case alreadyEncrypted = "already_encrypted"
        /// The payload is not valid in its format.
        case malformedPayload = "malformed_payload"
        /// A path goes deeper than the value it meets.
        case pathMismatch = "path_mismatch"
        /// Valid, but refused so that the original can always be restored byte for byte.
        case payloadRefused = "payload_refused"
        /// A required field is missing or null.
        case fieldMissing = "field_missing"
        /// A key address can't be filled in from this record.
        case keyTemplate = "key_template"
        /// The KMS lacks the key or refuses it.
        case keyRefused = "key_refused"
        /// The KMS did not answer.
        case keyUnavailable = "key_unavailable"
        /// The record has no envelope.
        case notEncrypted = "not_encrypted"
        /// The envelope is malformed, too large, or of another version.
        case malformedEnvelope = "malformed_envelope"
        /// The rules need a longer envelope than a reader accepts.
        case envelopeTooLarge = "envelope_too_large"
        /// The envelope names another topic.
        case foreignTopic = "foreign_topic"
        /// The envelope names a KEK that the configuration does not allow.
        case kekNotAllowed = "kek_not_allowed"
        /// A ciphertext's tag does not match: it was changed, moved, or sealed under another key.
        case authenticationFailed = "authentication_failed"
        /// The layout and the record do not fit each other.
        case layoutMismatch = "layout_mismatch"
        /// The registry does not know the schema.
        case schemaUnknown = "schema_unknown"
        /// The registry did not answer.
        case schemaUnavailable = "schema_unavailable"
        /// The schema is invalid, or a rule does not fit it.
        case schemaUnusable = "schema_unusable"
        /// A line given to `fieldseal transform` is not a record.
        case malformedLine = "malformed_line"
        /// A library failed in a way that should not happen.
        case internalError = "internal_error"
    }

    private final class Details: Sendable {
        let reason: Reason
        let message: String
        let field: String?
        let isTransient: Bool
        let need: TransformNeed?

        init(_ reason: Reason, _ message: String, _ field: String?, _ isTransient: Bool, _ need: TransformNeed?) {
            self.reason = reason
            self.message = message
            self.field = field
            self.isTransient = isTransient
            self.need = need
        }
    }

    // One word, as a `FormatError`.
    private let details: Details

    /// The stable code.
    public var reason: Reason { details.reason }
    /// One sentence for people.
    public var message: String { details.message }
    /// The rule's path, where one field is at fault.
    public var field: String? { details.field }
    /// Whether trying again later may help.
    public var isTransient: Bool { details.isTransient }
    /// What would help at once, where that is known.
    public var need: TransformNeed? { details.need }

    /// Makes an error.
    @inline(never)
    public init(
        _ reason: Reason, _ message: String, field: String? = nil, isTransient: Bool = false, need: TransformNeed? = nil
    ) {
        details = Details(reason, message, field, isTransient, need)
    }

    /// The same error, of `field`.
    func of(field: String?) -> TransformError {
        TransformError(reason, message, field: field, isTransient: isTransient, need: need)
    }

    /// Whether the same record may be transformed later: it failed for the time being, or for want of something outside it
    /// that a person may put right, such as a key to be created or a schema to be registered.
    public var mayHeal: Bool {
        isTransient || reason == .schemaUnknown || reason == .keyRefused
    }

    /// The code, the field and the sentence.
    public var description: String {
        "\(reason.rawValue)\(field.map { " at \($0)" } ?? ""): \(message)"
    }
}
