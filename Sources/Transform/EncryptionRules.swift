/// What an `encrypt` pair does to each record.
public struct EncryptionRules: Sendable {
    /// How values are read.
    public var format: PayloadFormat
    /// The fields of the value to seal.
    public var valueFields: [FieldRule]
    /// Plaintexts are padded to a multiple of this many bytes (ISO/IEC 7816-4), 1 to 256; 0 for no padding.
    public var padding: Int
    /// Whether ciphertexts are bound to the record's key.
    public var bindsKey: Bool
    /// The Avro schema of values without framing, as JSON text.
    public var schemaText: String?

    /// Makes rules.
    public init(
        format: PayloadFormat = .auto, valueFields: [FieldRule], padding: Int = 16, bindsKey: Bool = true,
        schemaText: String? = nil
    ) {
        self.format = format
        self.valueFields = valueFields
        self.padding = padding
        self.bindsKey = bindsKey
        self.schemaText = schemaText
    }
}
