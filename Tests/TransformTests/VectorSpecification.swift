import Foundation

/// What a vector is to show; `FrozenVectorTests` makes the file of one that has none yet.
struct VectorSpecification {
    var name: String
    var fields: [FrozenVector.Field]
    var format = "auto"
    var padding = 16
    var bindKey = true
    var schema: String?
    var schemaID: UInt32?
    var schemaType: String?
    var schemaDataMode: String?
    var payload: FrozenVector.Payload?
    var keyPayload: FrozenVector.Payload?
    var keyFields: [FrozenVector.Field]?
    var keyFormat: String?
    var keySchema: String?
    var headerRules: [FrozenVector.Header]?
    var key: [UInt8]? = Array("customer-4711".utf8)
    var value: [UInt8]?
    var headers: [(name: String, value: String?)] = []

    static func field(
        _ path: String, _ key: String = "pii", _ algorithm: String = "AES256_GCM"
    ) -> FrozenVector.Field {
        FrozenVector.Field(path: path, key: "in-memory-kms://\(key)", algorithm: algorithm)
    }

    private static func json(
        _ name: String, _ fields: [FrozenVector.Field], _ text: String?,
        _ change: (inout VectorSpecification) -> Void = { _ in }
    ) -> VectorSpecification {
        var specification = VectorSpecification(
            name: "json-\(name)", fields: fields, value: text.map { Array($0.utf8) })
        change(&specification)
        return specification
    }

    static let all: [VectorSpecification] =
        [
            json("plain", [field("ssn")], #"{"id": 7, "ssn":"123-45-6789", "n":1.50}"#) {
                $0.headers = [("trace", "abc"), ("trace", nil), ("empty", "")]
            },
            json(
                "wildcards", [field("banks[*].iban"), field("labels.*"), field("list[1]")],
                #"{"banks":[{"iban":"DE1"},{"iban":null},{"iban":"FR2"}],"labels":{"a":1,"b c":[true]},"list":[0,{"x":1}]}"#
            ),
            json("duplicates", [field("ssn")], #"{"ssn":"first","\u0073sn":"second","ssn":null,"ssn":3}"#),
            json(
                "quoted-paths", [field(#"a."b.c""#), field(#""ü \"q\"""#)],
                #"{"a":{"b.c":"x","b":{"c":"y"}},"ü \"q\"":"z"}"#),
            json(
                "several-keys",
                [field("a"), field("b", "money", "AES128_GCM"), field("c", "pii", "AES128_GCM"), field("d")],
                #"{"a":1,"b":2,"c":3,"d":4,"e":5}"#),
            json("template", [field("ssn", "{{record.header.tenant}}")], #"{"ssn":"x"}"#) {
                $0.headers = [("tenant", "money")]
            },
            json("absent-and-null", [field("ssn"), field("a.b")], #"{"ssn":null,"a":{}}"#),
            json("unpadded", [field("b")], #"{"b":false}"#) { $0.padding = 0 },
            json("padded-to-256", [field("b")], #"{"b":"\ud83d\ude00"}"#) { $0.padding = 256 },
            json("unbound", [field("b")], #"{"b":[1,{"c":null}]}"#) { $0.bindKey = false },
            json("null-key", [field("b")], #"{"b":true}"#) { $0.key = nil },
            json("empty-key", [field("b")], #"{"b":true}"#) { $0.key = [] },
            json("tombstone", [field("ssn")], nil),
        ]
        + [
            "AES128_GCM", "AES128_EAX", "AES256_EAX", "AES128_CTR_HMAC_SHA256", "AES256_CTR_HMAC_SHA256",
            "CHACHA20_POLY1305", "XCHACHA20_POLY1305",
        ].map { algorithm in
            json(algorithm.lowercased().replacing("_", with: "-"), [field("a", "pii", algorithm)], #"{"a":"secret"}"#)
        } + avro + converted + parts

    private static let avro: [VectorSpecification] = [
        VectorSpecification(
            name: "avro-every-type-fingerprint", fields: everyField, format: "avro", schema: everySchema,
            value: everyValue),
        VectorSpecification(
            name: "avro-every-type-framed", fields: everyField, schema: everySchema, schemaID: 42,
            value: [0, 0, 0, 0, 42] + everyValue),
        VectorSpecification(
            name: "avro-whole-containers", fields: [field("r"), field("banks"), field("m"), field("tree.next")],
            format: "avro", schema: everySchema, value: everyValue),
        VectorSpecification(
            name: "avro-blocks-with-sizes", fields: [field("[*].iban"), field("[*].balance")], format: "avro",
            schema:
                #"{"type":"array","items":{"type":"record","name":"Bank","fields":[{"name":"iban","type":"string"},"#
                + #"{"name":"balance","type":"long"}]}}"#,
            value: Array(Data(base64Encoded: "AQoGREUxFAEKBkZSMicA") ?? Data())),
        VectorSpecification(
            name: "avro-tombstone", fields: everyField, format: "avro", schema: everySchema, value: nil),
    ]

    static let everyField =
        [
            "b", "i", "l", "f", "d", "by", "s", "fx", "e", "a", "m.*", "r.x", "r.y", "u", "n", "absent", "uuid", "date",
            "tms", "tus", "tsms", "tsus", "lts", "dec", "decf", "dur", "banks[*].iban", "banks[0].balance", "tree.v",
            "tree.next.v", "lacking",
        ].map { field($0) }

    static let everyValue = Array(
        Data(
            base64Encoded: "AQ2AgICAgICAgCAAAMA/AAAAAAAA0L8EAP8IWm/Dq2FiY2QCBgIE2AQABAJrAnYAAncABGluAgoExgECCGhlcmUA"
                + "SDEyMzQ1Njc4LTEyMzQtNTY3OC0xMjM0LTU2NzgxMjM0NTY3OKJ08LvGA4CC3shtgKC35utbgICsvu3y2wWA8Pyuwl8GAeJA"
                + "/////BkAAQIDBAUGBwgJCgsEBkRFMRQGRlIyJwAIcm9vdAIIbGVhZgAKc3RheXM=") ?? Data())

    static let everySchema = """
        {"type":"record","name":"Everything","namespace":"vectors","fields":[
        {"name":"b","type":"boolean"},{"name":"i","type":"int"},{"name":"l","type":"long"},{"name":"f","type":"float"},
        {"name":"d","type":"double"},{"name":"by","type":"bytes"},{"name":"s","type":"string"},
        {"name":"fx","type":{"type":"fixed","name":"Four","size":4}},
        {"name":"e","type":{"type":"enum","name":"Suit","symbols":["SPADES","HEARTS"]}},
        {"name":"a","type":{"type":"array","items":"int"}},{"name":"m","type":{"type":"map","values":"string"}},
        {"name":"r","type":{"type":"record","name":"Inner","fields":[
        {"name":"x","type":"string"},{"name":"y","type":["null","int"]}]}},
        {"name":"u","type":["null","string","long"]},{"name":"n","type":["null","string"]},
        {"name":"absent","type":["null","string"]},{"name":"uuid","type":{"type":"string","logicalType":"uuid"}},
        {"name":"date","type":{"type":"int","logicalType":"date"}},
        {"name":"tms","type":{"type":"int","logicalType":"time-millis"}},
        {"name":"tus","type":{"type":"long","logicalType":"time-micros"}},
        {"name":"tsms","type":{"type":"long","logicalType":"timestamp-millis"}},
        {"name":"tsus","type":{"type":"long","logicalType":"timestamp-micros"}},
        {"name":"lts","type":{"type":"long","logicalType":"local-timestamp-millis"}},
        {"name":"dec","type":{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}},
        {"name":"decf","type":{"type":"fixed","name":"Dec","size":5,"logicalType":"decimal","precision":9,"scale":2}},
        {"name":"dur","type":{"type":"fixed","name":"Dur","size":12,"logicalType":"duration"}},
        {"name":"banks","type":{"type":"array","items":{"type":"record","name":"Bank","fields":[
        {"name":"iban","type":"string"},{"name":"balance","type":"long"}]}}},
        {"name":"tree","type":{"type":"record","name":"Tree","fields":[
        {"name":"v","type":"string"},{"name":"next","type":["null","Tree"]}]}},
        {"name":"clear","type":"string"}]}
        """
}
