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
    ]

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
