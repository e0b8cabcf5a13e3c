import Records
import Testing

@testable import Formats

@Suite struct AvroJSONConversionTests {
    /// A type, a value in Avro's binary encoding, and its JSON text.
    struct Row: CustomTestStringConvertible {
        var type: String
        var payload: [UInt8]
        var text: String
        /// Whether the text's canonical encoding is the payload.
        var comesBack = true
        var testDescription: String { "\(type) \(text)" }
    }

    static let scalars = [
        Row(type: #""null""#, payload: [], text: "null"),
        Row(type: #""boolean""#, payload: [1], text: "true"),
        Row(type: #""int""#, payload: [0xFF, 0xFF, 0xFF, 0xFF, 0x0F], text: "-2147483648"),
        Row(
            type: #""long""#, payload: AvroVarint.bytes(9_007_199_254_740_993), text: "9007199254740993"),
        Row(type: #""long""#, payload: AvroVarint.bytes(.min), text: "-9223372036854775808"),
        Row(type: #""long""#, payload: AvroVarint.bytes(.max), text: "9223372036854775807"),
        Row(type: #""long""#, payload: [0x80, 0x00], text: "0", comesBack: false),
        Row(type: #""float""#, payload: [0xCD, 0xCC, 0xCC, 0x3D], text: "0.1"),
        Row(type: #""float""#, payload: [0, 0, 0, 0x80], text: "-0.0"),
        Row(type: #""float""#, payload: [0, 0, 0xC0, 0x7F], text: #""NaN""#),
        Row(type: #""float""#, payload: [1, 0, 0xC0, 0x7F], text: #""NaN""#, comesBack: false),
        Row(type: #""float""#, payload: [0, 0, 0x80, 0x7F], text: #""Infinity""#),
        Row(type: #""double""#, payload: [0, 0, 0, 0, 0, 0, 0xF0, 0xFF], text: #""-Infinity""#),
        Row(type: #""double""#, payload: [0, 0, 0, 0, 0, 0, 0xF8, 0x7F], text: #""NaN""#),
        Row(type: #""double""#, payload: [0, 0, 0, 0, 0, 0, 0xF8, 0xFF], text: #""NaN""#, comesBack: false),
        Row(type: #""double""#, payload: [1, 0, 0, 0, 0, 0, 0, 0], text: "5e-324"),
        Row(type: #""double""#, payload: [0, 0, 0, 0, 0, 0, 0xF0, 0x3F], text: "1.0"),
        Row(type: #""bytes""#, payload: [8, 0, 0x22, 0x7F, 0xFF], text: "\"\\u0000\\\"\u{7F}\u{FF}\""),
        Row(type: #""string""#, payload: [10, 0x0A, 0xC3, 0xA9, 0x5C, 0x1F], text: #""\né\\\u001f""#),
    ]

    static let named = [
        Row(
            type: #"{"type":"fixed","name":"F","size":2}"#, payload: [0x80, 0x41], text: "\"\u{80}A\""),
        Row(type: #"{"type":"enum","name":"E","symbols":["A","B"]}"#, payload: [2], text: #""B""#),
        Row(
            type: #"{"type":"bytes","logicalType":"decimal","precision":4,"scale":2}"#, payload: [4, 4, 0xD2],
            text: "\"\\u0004\u{D2}\""),
        Row(type: #"{"type":"record","name":"R","fields":[]}"#, payload: [], text: "{}"),
        Row(
            type: #"{"type":"record","name":"R","fields":[{"name":"b","type":"int"},{"name":"a","type":"null"}]}"#,
            payload: [2], text: #"{"b":1,"a":null}"#),
    ]

    static let containers = [
        Row(type: #"{"type":"array","items":"int"}"#, payload: [4, 2, 4, 0], text: "[1,2]"),
        Row(type: #"{"type":"array","items":"int"}"#, payload: [2, 2, 2, 4, 0], text: "[1,2]", comesBack: false),
        Row(type: #"{"type":"array","items":"int"}"#, payload: [3, 4, 2, 4, 0], text: "[1,2]", comesBack: false),
        Row(type: #"{"type":"array","items":"null"}"#, payload: [6, 0], text: "[null,null,null]"),
        Row(
            type: #"{"type":"map","values":"int"}"#, payload: [6, 2, 0x7A, 2, 2, 0x61, 4, 2, 0x7A, 6, 0],
            text: #"{"z":1,"a":2,"z":3}"#),
        Row(type: #"["null","string"]"#, payload: [0], text: "null"),
        Row(type: #"["null","string"]"#, payload: [2, 2, 0x61], text: #""a""#),
        Row(type: #"["string","null"]"#, payload: [0, 2, 0x61], text: #""a""#),
        Row(type: #"["string"]"#, payload: [0, 2, 0x61], text: #"{"string":"a"}"#),
        Row(type: #"["null","int","string"]"#, payload: [0], text: "null"),
        Row(type: #"["null","int","string"]"#, payload: [2, 6], text: #"{"int":3}"#),
        Row(
            type: #"["int",{"type":"array","items":{"type":"fixed","name":"x.F","size":0}},"x.F"]"#,
            payload: [2, 4, 0], text: #"{"array":["",""]}"#),
        Row(type: #"["int",{"type":"fixed","name":"x.F","size":0}]"#, payload: [2], text: #"{"x.F":""}"#),
    ]

    @Test("A value becomes the documented JSON text and comes back", arguments: scalars + named + containers)
    func convert(row: Row) throws {
        let run = try AvroJSONRun(schema: row.type)
        #expect(try run.text(of: row.payload) == row.text)
        #expect(try (run.payload(of: row.text) == row.payload) == row.comesBack)
        #expect(try run.text(of: run.payload(of: row.text)) == row.text)
    }

    @Test("White space, escapes and other spellings of a number are read")
    func spelling() throws {
        let schema =
            #"{"type":"record","name":"R","fields":[{"name":"a","type":"double"},{"name":"b","type":["int","string"]}]}"#
        let run = try AvroJSONRun(schema: schema)
        let payload = try run.payload(of: " { \"\\u0061\" : 1e2 , \"b\" : { \"str\\u0069ng\" : \"\\/\" } } \n")
        #expect(try run.text(of: payload) == #"{"a":100.0,"b":{"string":"/"}}"#)
    }

    static let refused: [(type: String, text: String)] = [
        (#""int""#, "2147483648"), (#""int""#, "1.0"), (#""int""#, "1e0"), (#""int""#, #""1""#), (#""int""#, ""),
        (#""long""#, "9223372036854775808"), (#""long""#, "-9223372036854775809"), (#""long""#, "1 1"),
        (#""float""#, "1e39"), (#""double""#, "1e309"), (#""double""#, #""inf""#), (#""double""#, "NaN"),
        (#""double""#, "1" + String(repeating: "0", count: 4_000)),
        (#""boolean""#, "null"), (#""null""#, "0"), (#""string""#, "\"\u{FF}"), (#""string""#, #""\ud800""#),
        (#""bytes""#, #""\u0100""#), (#""bytes""#, "\"é漢\""), (#"{"type":"fixed","name":"F","size":2}"#, #""a""#),
        (#"{"type":"enum","name":"E","symbols":["A","B"]}"#, #""C""#),
        (#"{"type":"enum","name":"E","symbols":["A","B"]}"#, "0"),
        (#"{"type":"record","name":"R","fields":[]}"#, #"{"a":1}"#),
        (#"{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}"#, "{}"),
        (#"{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}"#, #"{"b":1}"#),
        (#"{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}"#, #"{"a":1,"a":1}"#),
        (#"{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}"#, "[1]"),
        (#"{"type":"array","items":"int"}"#, "[1,]"), (#"{"type":"array","items":"int"}"#, "{}"),
        (#"{"type":"map","values":"int"}"#, "[]"), (#"{"type":"map","values":"int"}"#, #"{"a":1"#),
        (#"["int","string"]"#, "1"), (#"["int","string"]"#, "null"), (#"["int","string"]"#, "{}"),
        (#"["int","string"]"#, #"{"long":1}"#), (#"["int","string"]"#, #"{"int":1,"string":"a"}"#),
        (#"["int","null","string"]"#, #"{"null":null}"#),
    ]

    @Test("Text that does not fit the schema is refused", arguments: refused)
    func refuse(type: String, text: String) throws {
        #expect(try AvroJSONRun(schema: type).error(of: text)?.kind == .malformed)
    }

    static let list =
        #"{"type":"record","name":"L","fields":[{"name":"next","type":["null","L","int"]},{"name":"x","type":"int"}]}"#

    @Test("Nesting is bounded both ways, in tags as well")
    func depth() throws {
        let run = try AvroJSONRun(schema: Self.list)
        // Each level is a record in a tag: two containers.
        func payload(levels: Int) -> [UInt8] {
            Array(repeating: 2, count: levels - 1) + [0] + Array(repeating: 0, count: levels)
        }
        let deepest = payload(levels: 256)
        #expect(try run.payload(of: run.json(of: deepest)) == deepest)
        #expect(throws: FormatError.self) { try run.json(of: payload(levels: 257)) }
        #expect(throws: FormatError.self) { try run.json(of: Array(repeating: 2, count: 1 << 20)) }
        #expect(run.error(of: String(repeating: #"{"next":{"L":"#, count: 100_000)) != nil)
        let arrays = try AvroJSONRun(
            schema: #"{"type":"record","name":"A","fields":[{"name":"a","type":{"type":"array","items":"A"}}]}"#)
        #expect(arrays.error(of: String(repeating: #"{"a":["#, count: 100_000)) != nil)
    }

    @Test("A datum whose text would be far longer than itself is refused")
    func amplification() throws {
        let fields = (0..<2_000).map { #"{"name":"f\#($0)\#(String(repeating: "x", count: 400))","type":"null"}"# }
        let run = try AvroJSONRun(
            schema:
                #"{"type":"array","items":{"type":"record","name":"R","fields":[\#(fields.joined(separator: ","))]}}"#)
        #expect(throws: FormatError.self) { try run.json(of: AvroVarint.bytes(60_000) + [0]) }
        let nulls = try AvroJSONRun(schema: #"{"type":"array","items":"null"}"#)
        #expect(throws: FormatError.self) { try nulls.json(of: AvroVarint.bytes(1 << 40) + [0]) }
    }

    @Test("A path has no segment for a union's tag, and a sealed union is its whole tag")
    func tags() throws {
        let schema = """
            {"type":"record","name":"x.R","fields":[
              {"name":"u","type":["null","int",{"type":"record","name":"A","fields":[{"name":"s","type":"string"}]},
                {"type":"record","name":"B","fields":[{"name":"s","type":["int","string"]}]}]},
              {"name":"m","type":{"type":"map","values":["int",{"type":"array","items":["string","int"]}]}}]}
            """
        let run = try AvroJSONRun(schema: schema, "u.s", "m.*[*]")
        func fields(_ text: String) throws -> [String] {
            let json = Array(text.utf8)
            return try run.fields(of: json).map { "\($0.path)=\(String(decoding: json[$0.token], as: UTF8.self))" }
        }
        #expect(try fields(#"{"u":{"x.A":{"s":"a"}},"m":{}}"#) == [#"u.s="a""#])
        #expect(try fields(#"{"u":{"x.B":{"s":{"int":1}}},"m":{}}"#) == [#"u.s={"int":1}"#])
        #expect(
            try fields(#"{"u":{"int":1},"m":{"array":{"int":1},"k.":{"array":[{"int":1},{"string":"b"}]}}}"#)
                == [#"m."k."[0]={"int":1}"#, #"m."k."[1]={"string":"b"}"#])
        #expect(try run.payload(of: #"{"u":{"x.B":{"s":{"int":1}}},"m":{}}"#) == [6, 0, 2, 0])
    }

    @Test("Paths that no record of the schema could have are refused, naming the rule")
    func paths() throws {
        #expect(throws: JSONConversionError.self) { try AvroJSONRun(schema: Self.list, "x.y") }
        #expect(throws: JSONConversionError.self) { try AvroJSONRun(schema: Self.list, "next.x", "next") }
        do {
            _ = try AvroJSONRun(schema: Self.list, "x", "next[0]")
        } catch let error as JSONConversionError {
            #expect(error.rule == 1)
        }
        // A field that the schema lacks is not there to be sealed.
        #expect(try AvroJSONRun(schema: Self.list, "gone").fields(of: Array(#"{"next":null,"x":1}"#.utf8)).isEmpty)
    }

    /// A type and what a field of it holds where it may not be opened.
    static let defaults: [(type: String, text: String)] = [
        (#""int""#, "0"), (#""long""#, "0"), (#""float""#, "0.0"), (#""double""#, "0.0"), (#""boolean""#, "false"),
        (#""string""#, #""""#), (#""bytes""#, #""""#), (#"{"type":"fixed","name":"F","size":2}"#, #""\u0000\u0000""#),
        (#"{"type":"enum","name":"E","symbols":["B","A"]}"#, #""B""#), (#"{"type":"array","items":"int"}"#, "[]"),
        (#"{"type":"map","values":"int"}"#, "{}"), (#"["null","int"]"#, "0"), (#"["int","null"]"#, "0"),
        (#"["null","string","int"]"#, #"{"string":""}"#), (#"["int"]"#, #"{"int":0}"#),
        (
            #"{"type":"record","name":"P","fields":[{"name":"a","type":"int"},{"name":"b","type":["int","null"]},{"name":"c","type":["int","string"]}]}"#,
            #"{"a":0,"b":null,"c":{"int":0}}"#
        ),
        (#"{"type":"int","logicalType":"date"}"#, "0"), (#"{"type":"long","logicalType":"timestamp-millis"}"#, "0"),
        (#"{"type":"string","logicalType":"uuid"}"#, #""00000000-0000-0000-0000-000000000000""#),
        (#"{"type":"bytes","logicalType":"decimal","precision":4}"#, #""\u0000""#),
        (#"{"type":"bytes","logicalType":"big-decimal"}"#, #""\u0002\u0000\u0000""#),
        (
            #"{"type":"fixed","name":"D","size":12,"logicalType":"duration"}"#,
            "\"\(String(repeating: #"\u0000"#, count: 12))\""
        ),
    ]

    @Test("A field that may not be opened holds its type's documented default", arguments: defaults)
    func fieldDefault(type: String, text: String) throws {
        let schema = #"{"type":"record","name":"Outer","fields":[{"name":"f","type":\#(type)}]}"#
        let run = try AvroJSONRun(schema: schema, "f")
        let json = Array(#"{"f":"sealed"}"#.utf8)
        #expect(try run.fields(of: json).count == 1)
        #expect(run.defaults() == [text])
        #expect(throws: Never.self) { try run.payload(of: #"{"f":\#(text)}"#) }
    }
}
