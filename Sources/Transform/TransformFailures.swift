import Cryptography
import Formats
import KeyManagement
import SchemaRegistry

extension TransformError {
    /// A key or value that can't be read; `rules` are the paths of the plan's rules.
    init(_ error: FormatError, in part: RecordPart, rules: [String]) {
        let reason: Reason =
            switch error.kind {
            case .malformed: .malformedPayload
            case .pathMismatch: .pathMismatch
            case .refused: .payloadRefused
            }
        let field = error.rule.flatMap { $0 < rules.count ? rules[$0] : nil }
        self.init(reason, "the \(part.name) can't be used as its format says: \(error)", field: field)
    }

    /// A key that can't be had, now or ever.
    init(_ error: KeyManagementError) {
        if case .pending(let request) = error {
            self.init(.keyUnavailable, error.description, isTransient: true, need: .key(request))
        } else {
            self.init(
                error.isTransient ? .keyUnavailable : .keyRefused, error.description, isTransient: error.isTransient)
        }
    }

    /// A schema that can't be used; `rules` are the paths that were compiled against it.
    init(_ error: AvroSchemaError, rules: [String]) {
        let field = error.rule.flatMap { $0 < rules.count ? rules[$0] : nil }
        self.init(.schemaUnusable, "the Avro schema can't be used: \(error)", field: field)
    }

    /// A schema that can't be converted, or paths that don't fit it; `rules` are the paths that were compiled against it.
    init(_ error: JSONConversionError, rules: [String]) {
        let field = error.rule.flatMap { $0 < rules.count ? rules[$0] : nil }
        self.init(.schemaUnusable, "the schema can't be used: \(error.reason)", field: field)
    }

    /// A schema that can't be had, now or ever, or a value without the framing that names it.
    init(_ error: SchemaRegistryError) {
        switch error {
        case .notFramed, .truncatedFraming: self.init(.malformedPayload, "the payload: \(error)")
        case .unknownSchema, .unknownReference: self.init(.schemaUnknown, error.description)
        case .pending(let id):
            self.init(.schemaUnavailable, error.description, isTransient: true, need: .schema(id))
        default:
            self.init(
                error.isTransient ? .schemaUnavailable : .schemaUnusable, error.description,
                isTransient: error.isTransient)
        }
    }

    /// A template that a record can't fill in.
    init(_ error: KeySecretError) {
        self.init(.keyTemplate, error.description)
    }

    /// A ciphertext that does not open, or a library that fails.
    init(_ error: CryptographyError, field: String?) {
        if case .authenticationFailed = error {
            self.init(
                .authenticationFailed,
                "the ciphertext does not open: it was changed, moved to another record, field or topic, or its key is another one",
                field: field)
        } else {
            self.init(.internalError, error.description, field: field)
        }
    }
}
