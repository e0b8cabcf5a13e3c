/// What is sealed of a record's key or value, and how that part is read.
public struct PartRule: Sendable, Equatable {
    /// What is sealed.
    public enum Sealing: Sendable, Equatable {
        /// The part stays as it is.
        case nothing
        /// The whole part as one ciphertext, whatever its format.
        case payload(PayloadRule)
        /// Some of its fields.
        case fields([FieldRule])
    }

    /// What is sealed.
    public var sealing: Sealing
    /// How the part is read, for its fields and for what key addresses take from it.
    public var format: PayloadFormat
    /// The Avro schema of parts without framing, as JSON text.
    public var schemaText: String?
    /// How schemas choose further fields, if they do; payloads without a schema are refused then.
    public var tags: TagRule?
    /// What becomes of Avro; JSON Schema and Protobuf always become JSON text.
    public var schemaDataMode: SchemaDataMode

    /// Makes a rule.
    public init(
        _ sealing: Sealing, format: PayloadFormat = .auto, schemaText: String? = nil,
        schemaDataMode: SchemaDataMode = .preserveAvro, tags: TagRule? = nil
    ) {
        self.sealing = sealing
        self.tags = tags
        self.format = format
        self.schemaText = schemaText
        self.schemaDataMode = schemaDataMode
    }

    /// The fields that are sealed, if fields are.
    public var fields: [FieldRule] {
        if case .fields(let fields) = sealing { fields } else { [] }
    }

    /// Whether anything is sealed.
    public var isSealed: Bool {
        if case .nothing = sealing { false } else { true }
    }
}
