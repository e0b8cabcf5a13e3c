import Foundation

/// Records that become JSON text.
extension VectorSpecification {
    static let converted: [VectorSpecification] = [
        VectorSpecification(
            name: "convert-avro-every-type-framed", fields: everyField, schema: everySchema, schemaID: 42,
            schemaDataMode: "convert_json", value: [0, 0, 0, 0, 42] + everyValue),
        VectorSpecification(
            name: "convert-avro-every-type-fingerprint", fields: everyField, format: "avro", schema: everySchema,
            schemaDataMode: "convert_json", value: everyValue),
        VectorSpecification(
            name: "convert-avro-whole-containers",
            fields: ["r", "banks", "m", "tree.next", "u", "by", "d"].map { field($0) }, schema: everySchema,
            schemaID: 42,
            schemaDataMode: "convert_json", value: [0, 0, 0, 0, 42] + everyValue),
        VectorSpecification(
            name: "convert-avro-unions", fields: [field("*.s"), field("e.n[*]")], schema: unionSchema,
            schemaID: 4_294_967_295,
            schemaDataMode: "convert_json", value: [0, 255, 255, 255, 255] + unionValue),
        VectorSpecification(
            name: "convert-avro-numbers", fields: [field("[0]"), field("[5].x")],
            format: "avro",
            schema:
                #"{"type":"array","items":["null","double",{"type":"record","name":"P","fields":[{"name":"x","type":"float"},"#
                + #"{"name":"n","type":"long"}]}]}"#,
            schemaDataMode: "convert_json", value: numbers),
        VectorSpecification(
            name: "convert-avro-original", fields: [field("[*].iban"), field("[*].balance", "pii", "AES128_GCM")],
            format: "avro",
            schema:
                #"{"type":"array","items":{"type":"record","name":"Bank","fields":[{"name":"iban","type":"string"},"#
                + #"{"name":"balance","type":"long"}]}}"#,
            schemaDataMode: "convert_json", value: Array(Data(base64Encoded: "AQoGREUxFAEKBkZSMicA") ?? Data())),
        VectorSpecification(
            name: "convert-json-schema", fields: [field("ssn"), field("a.*")], schema: "{}", schemaID: 7,
            schemaType: "JSON",
            value: [0, 0, 0, 0, 7] + Array(#" {"ssn":"1\u0032", "a":{"b":1.50,"b":[]},"ssn":null}"#.utf8)),
        VectorSpecification(
            name: "convert-tombstone", fields: [field("ssn")], schema: "{}", schemaID: 7, schemaType: "JSON",
            schemaDataMode: "convert_json", value: nil),
        protobuf(
            "every-type",
            [
                "d", "i64", "u32", "flag", "text", "data", "suit", "inner.name", "banks[*].iban", "labels.*", "at",
                "maybe", "phone", "meta.k", "lacking",
            ], [0x00] + message),
        protobuf("whole-containers", ["inner", "banks", "labels", "meta"], [0x02, 0x00] + message),
        protobuf("nested-index", ["text"], [0x04, 0x04, 0x00, 0x0A, 0x02, 0x68, 0x69]),
        protobuf("original", ["text", "banks[*].iban"], [0x00] + message + [0xF8, 0x3F, 0x07]),
        protobuf("empty", ["text"], [0x00]),
    ]

    private static func protobuf(_ name: String, _ paths: [String], _ payload: [UInt8]) -> VectorSpecification {
        VectorSpecification(
            name: "convert-protobuf-\(name)", fields: paths.map { field($0) }, format: "protobuf",
            schema: protobufSchema,
            schemaID: 300, schemaType: "PROTOBUF", value: [0, 0, 0, 1, 44] + payload)
    }

    private static let protobufSchema = """
        syntax = "proto3";
        package vectors;
        import "google/protobuf/struct.proto";
        import "google/protobuf/timestamp.proto";
        enum Suit { SPADES = 0; HEARTS = 1; }
        message Everything {
          double d = 1; int64 i64 = 2; uint32 u32 = 3; bool flag = 4; string text = 5; bytes data = 6; Suit suit = 7;
          Inner inner = 8; repeated Bank banks = 9; map<string, int32> labels = 10; google.protobuf.Timestamp at = 11;
          optional int32 maybe = 12; oneof contact { string email = 13; string phone = 14; }
          repeated float numbers = 15; google.protobuf.Struct meta = 16;
          message Inner { string name = 1; }
        }
        message Bank { string iban = 1; sint64 balance = 2; }
        message Other { message Deep { string text = 1; } }
        """

    /// Every field of `Everything`, as a serializer writes it, the map in an order of its own.
    private static let message: [UInt8] =
        [0x09, 0, 0, 0, 0, 0, 0, 0, 0x80] + [0x10, 0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10] + [
            0x18, 0x07, 0x20, 0x01,
        ]
        + [0x2A, 0x04, 0xC3, 0xA9, 0x22, 0x0A] + [0x32, 0x02, 0x00, 0xFF] + [0x38, 0x09] + [
            0x42, 0x03, 0x0A, 0x01, 0x78,
        ]
        + [0x4A, 0x07, 0x0A, 0x03, 0x44, 0x45, 0x31, 0x10, 0x05] + [0x4A, 0x00]
        + [0x52, 0x05, 0x0A, 0x01, 0x7A, 0x10, 0x01] + [0x52, 0x05, 0x0A, 0x01, 0x61, 0x10, 0x00]
        + [0x5A, 0x08, 0x08, 0x80, 0xE2, 0xCF, 0xAA, 0x06, 0x10, 0x01] + [0x60, 0x00] + [0x72, 0x02, 0x2B, 0x31]
        + [0x7A, 0x08, 0, 0, 0xC0, 0x7F, 0xCD, 0xCC, 0xCC, 0x3D]
        + [0x82, 0x01, 0x0E, 0x0A, 0x0C, 0x0A, 0x01, 0x6B, 0x12, 0x07, 0x1A, 0x05, 0x68, 0x65, 0x6C, 0x6C, 0x6F]

    /// Unions with tags: of records, of primitives, in lists, and null beside them.
    private static let unionSchema = """
        {"type":"record","name":"U","namespace":"vectors.unions","fields":[
        {"name":"a","type":["null",{"type":"record","name":"A","fields":[{"name":"s","type":"string"}]},
        {"type":"record","name":"B","namespace":"other","fields":[{"name":"s","type":["int","string"]}]}]},
        {"name":"b","type":["null","vectors.unions.A","other.B"]},{"name":"c","type":["null","vectors.unions.A","other.B"]},
        {"name":"d","type":["vectors.unions.A"]},
        {"name":"e","type":["string",{"type":"map","values":{"type":"array","items":["bytes","boolean","null"]}}]}]}
        """
    private static let unionValue: [UInt8] =
        [2, 4, 0xC3, 0xA9] + [4, 0, 84] + [0] + [0, 2, 0x22] + [2, 2, 2, 0x6E, 6, 0, 4, 0x00, 0xFF, 2, 1, 4, 0, 0]

    /// Seven elements: both infinities, a NaN, a negative zero, 0.1 in both widths with a long past 2^53, and null.
    private static let numbers: [UInt8] =
        [14] + double(-.infinity) + double(.infinity) + double(.nan) + double(-0.0) + double(0.1)
        + [4, 0xCD, 0xCC, 0xCC, 0x3D, 0x82, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20] + [0, 0]

    private static func double(_ number: Double) -> [UInt8] {
        [2] + withUnsafeBytes(of: number.bitPattern.littleEndian) { Array($0) }
    }
}
