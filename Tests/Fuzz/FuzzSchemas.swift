/// Schemas whose payloads are fuzzed.
enum FuzzSchemas {
    /// Avro schemas, and the paths that are looked for in their payloads.
    static let avro: [(text: String, paths: [String])] = [
        (
            """
            {"type":"record","name":"Everything","namespace":"test","fields":[
            {"name":"none","type":"null"},{"name":"flag","type":"boolean"},{"name":"i","type":"int"},
            {"name":"l","type":"long"},{"name":"f","type":"float"},{"name":"d","type":"double"},
            {"name":"s","type":"string"},{"name":"b","type":"bytes"},
            {"name":"e","type":{"type":"enum","name":"Suit","symbols":["SPADES","HEARTS"]}},
            {"name":"x","type":{"type":"fixed","name":"Four","size":4}},
            {"name":"maybe","type":["null","string"]},{"name":"several","type":["null","string","long",
            {"type":"array","items":"int"},{"type":"record","name":"Inner","fields":[{"name":"n","type":"string"}]}]},
            {"name":"list","type":{"type":"array","items":"string"}},
            {"name":"records","type":{"type":"array","items":"Inner"}},
            {"name":"map","type":{"type":"map","values":"string"}},
            {"name":"maps","type":{"type":"map","values":{"type":"map","values":"Inner"}}}]}
            """,
            ["s", "b", "e", "x", "maybe", "several", "list[*]", "records[*].n", "map.*", "maps.*.*.n", "l", "d"]
        ),
        (
            """
            {"type":"record","name":"Node","fields":[{"name":"v","type":["null","string","bytes"]},
            {"name":"next","type":["null","Node"]},{"name":"all","type":{"type":"array","items":"Node"}},
            {"name":"named","type":{"type":"map","values":"Node"}}]}
            """,
            ["v", "next.v", "all[*].v", "named.*.v"]
        ),
        (
            """
            {"type":"record","name":"Dates","fields":[
            {"name":"date","type":{"type":"int","logicalType":"date"}},
            {"name":"at","type":{"type":"long","logicalType":"timestamp-micros"}},
            {"name":"price","type":{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}},
            {"name":"big","type":{"type":"bytes","logicalType":"big-decimal"}},
            {"name":"span","type":{"type":"fixed","name":"Span","size":12,"logicalType":"duration"}},
            {"name":"id","type":{"type":"string","logicalType":"uuid"}},
            {"name":"empties","type":{"type":"array","items":{"type":"record","name":"Empty","fields":[]}}},
            {"name":"nulls","type":{"type":"array","items":"null"}}]}
            """,
            ["date", "at", "price", "big", "span", "id", "empties", "nulls"]
        ),
        (#"{"type":"array","items":["null","string",{"type":"map","values":["int","string"]}]}"#, ["[*]"]),
    ]

    /// A Protobuf schema.
    static let protobuf = """
        syntax = "proto3";
        package vectors;
        import "google/protobuf/any.proto";
        import "google/protobuf/duration.proto";
        import "google/protobuf/field_mask.proto";
        import "google/protobuf/struct.proto";
        import "google/protobuf/timestamp.proto";
        import "google/protobuf/wrappers.proto";
        enum Suit { SPADES = 0; HEARTS = 1; }
        message Everything {
          double d = 1; int64 i64 = 2; uint32 u32 = 3; bool flag = 4; string text = 5; bytes data = 6; Suit suit = 7;
          Inner inner = 8; repeated Bank banks = 9; map<string, int32> labels = 10; google.protobuf.Timestamp at = 11;
          optional int32 maybe = 12; oneof contact { string email = 13; string phone = 14; }
          repeated float numbers = 15; google.protobuf.Struct meta = 16; google.protobuf.Any any = 17;
          google.protobuf.Duration span = 18; google.protobuf.FieldMask mask = 19; google.protobuf.Value value = 20;
          google.protobuf.Int64Value wrapped = 21; map<int64, Bank> accounts = 22; map<bool, Suit> suits = 23;
          Everything self = 24; repeated google.protobuf.Any anys = 25; google.protobuf.ListValue items = 26;
          fixed64 f64 = 27; sint32 s32 = 28; sfixed32 sf32 = 29; float f = 30; repeated Suit hand = 31;
          google.protobuf.NullValue nothing = 32; google.protobuf.BytesValue blob = 33;
          message Inner { string name = 1; }
        }
        message Bank { string iban = 1; sint64 balance = 2; }
        message Other { message Deep { string text = 1; } }
        """
}
