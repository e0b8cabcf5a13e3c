import Foundation

extension VectorSpecification {
    /// Whole payloads, keys and headers.
    static let parts: [VectorSpecification] =
        ["none", "gzip", "snappy", "lz4", "zstd"].map { compression in
            VectorSpecification(
                name: "payload-\(compression)", fields: [], payload: payload("pii", compression),
                value: Array(String(repeating: "compressible \u{0}", count: 20).utf8))
        } + [
            VectorSpecification(
                name: "payload-empty", fields: [], payload: payload("pii", "zstd"), keyPayload: payload("pii", "none"),
                key: [], value: []),
            VectorSpecification(
                name: "payload-tombstone", fields: [], payload: payload("pii", "none"),
                keyPayload: payload("money", "none"), value: nil),
            VectorSpecification(
                name: "payload-unbound", fields: [], bindKey: false, payload: payload("pii", "none"),
                keyPayload: payload("pii", "none"), value: [0, 0xFF]),
            VectorSpecification(
                name: "every-part", fields: [field("ssn"), field("n", "money")], keyPayload: payload("money", "none"),
                headerRules: [header("x-.*", "pii"), header("ü", "money", "AES128_CTR_HMAC_SHA256")],
                value: Array(#"{"ssn": "123-45-6789", "n":1.50, "clear":true}"#.utf8), headers: headers),
            VectorSpecification(
                name: "headers-only", fields: [], headerRules: [header("x-.*", "pii")], key: nil,
                value: Array("clear".utf8), headers: headers),
            VectorSpecification(
                name: "key-fields-json", fields: [field("ssn")],
                keyFields: [field("id"), field("part[*].no", "money")],
                key: Array(#"{"id" : 7, "part":[{"no":"a"},{"no":null}]}"#.utf8), value: Array(#"{"ssn":"x"}"#.utf8)),
            VectorSpecification(
                name: "key-fields-avro", fields: [], payload: payload("money", "none"),
                keyFields: [field("id"), field("s")], keyFormat: "avro",
                keySchema:
                    #"{"type":"record","name":"K","fields":[{"name":"id","type":"int"},{"name":"s","type":"string"}]}"#,
                key: [0x0E, 0x06, 0x61, 0x62, 0x63], value: [1, 2, 3]),
        ]

    private static let headers: [(name: String, value: String?)] = [
        ("x-a", "one"), ("trace", "clear"), ("x-a", nil), ("ü", "u"), ("x-a", ""), ("x-b", "two"),
    ]

    private static func payload(_ key: String, _ compression: String) -> FrozenVector.Payload {
        FrozenVector.Payload(key: "in-memory-kms://\(key)", algorithm: "AES256_GCM", compression: compression)
    }

    private static func header(
        _ name: String, _ key: String, _ algorithm: String = "AES256_GCM"
    ) -> FrozenVector.Header {
        FrozenVector.Header(name: name, key: "in-memory-kms://\(key)", algorithm: algorithm)
    }
}
