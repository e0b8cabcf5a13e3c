/// The language a schema is written in, by the registry's name for it.
public enum SchemaType: String, Sendable {
    /// Apache Avro, also where the registry names no type.
    case avro = "AVRO"
    /// JSON Schema.
    case jsonSchema = "JSON"
    /// Protocol Buffers.
    case protobuf = "PROTOBUF"
}
