/// What becomes of an Avro payload in which fields are sealed.
public enum SchemaDataMode: String, CaseIterable, Sendable {
    /// It stays Avro under the same schema.
    case preserveAvro = "preserve_avro"
    /// It becomes JSON text; decryption restores the original bytes.
    case convertJSON = "convert_json"
}
