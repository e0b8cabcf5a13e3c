/// How a payload is to be read.
public enum PayloadFormat: String, CaseIterable, Sendable {
    /// A first byte 0x00 means framed, and the registry says which format; else Avro where a schema file is given; else JSON.
    case auto
    /// JSON text (RFC 8259) without framing.
    case json
    /// Avro binary, in Confluent framing or with a schema from a file.
    case avro
    /// JSON text behind the Confluent framing of a JSON Schema.
    case jsonSchema = "json_schema"
    /// Protobuf behind its Confluent framing.
    case protobuf
    /// Bytes that are not looked into: they can be sealed whole only.
    case bytes
}
