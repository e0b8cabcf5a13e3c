import ProtobufCases
import Records
import Testing

@testable import Formats

@Suite struct ProtobufJSONConversionTests {
    private static let everything = """
        syntax = "proto3"; package t;
        import "google/protobuf/any.proto"; import "google/protobuf/duration.proto";
        import "google/protobuf/field_mask.proto"; import "google/protobuf/struct.proto";
        import "google/protobuf/timestamp.proto"; import "google/protobuf/wrappers.proto";
        enum Color { RED = 0; GREEN = 1; }
        message Inner { string text = 1; repeated Inner inner = 2; }
        message M {
          int32 number = 1; uint64 large = 2; bool flag = 3; string text = 4; bytes data = 5; double real = 6;
          Color color = 7; Inner inner = 8; repeated Inner list = 9; map<string, Inner> labels = 10;
          google.protobuf.Timestamp time = 11; google.protobuf.Duration span = 12; google.protobuf.FieldMask mask = 13;
          google.protobuf.Any any = 14; google.protobuf.Struct struct = 15; google.protobuf.Value value = 16;
          google.protobuf.ListValue values = 17; google.protobuf.Int64Value wrapped = 18; repeated int32 numbers = 19;
          oneof choice { string left = 20; int32 right = 21; } map<int32, string> names = 22; map<bool, double> odds = 23;
          google.protobuf.NullValue null = 24; optional int32 maybe = 25;
        }
        """

    private func run() throws -> ProtobufRun { try ProtobufRun(Self.everything, messagePath: [1]) }

    @Test(
        arguments: [
            #"{"number":-2147483648,"large":"18446744073709551615","flag":true,"text":"é\"\\\n\u0001","data":"AP8="}"#,
            #"{"real":"NaN"}"#, #"{"real":"-Infinity"}"#, #"{"real":-0}"#, #"{"real":1e+300}"#, #"{"real":0.1}"#,
            #"{"color":"GREEN"}"#, #"{"color":77}"#, #"{"inner":{}}"#, #"{"list":[{},{"text":"a","inner":[{}]}]}"#,
            #"{"labels":{"z":{"text":"1"},"a":{},"":{}}}"#, #"{"names":{"-5":"a","0":""},"odds":{"true":0,"false":1}}"#,
            #"{"time":"0001-01-01T00:00:00Z"}"#, #"{"time":"9999-12-31T23:59:59.999999999Z"}"#, #"{"span":"-0.500s"}"#,
            #"{"span":"-315576000000s"}"#, #"{"mask":"a,someField.inner"}"#, #"{"mask":""}"#, #"{"any":{}}"#,
            #"{"any":{"@type":"type.googleapis.com/t.Inner","text":"x"}}"#,
            #"{"any":{"@type":"x/google.protobuf.Duration","value":"1s"}}"#,
            #"{"any":{"@type":"x/google.protobuf.Int64Value","value":"5"}}"#,
            #"{"any":{"@type":"x/google.protobuf.Any","value":{"@type":"/t.Inner"}}}"#,
            #"{"struct":{"b":[1,"x",null,true,{"c":{}}],"a":-0.5}}"#, #"{"value":null}"#, #"{"values":[[],{}]}"#,
            #"{"wrapped":"0"}"#, #"{"numbers":[1,-1]}"#, #"{"left":""}"#, #"{"right":0}"#, #"{"maybe":0}"#, "{}",
        ])
    func whatJSONSaysComesBackFromThePayload(json: String) throws {
        let run = try run()
        #expect(try run.text(of: run.payload(of: json)) == json)
    }

    @Test(
        arguments: [
            (#"{"unknown":1}"#, "a field that the schema does not have"), (#"{"Number":1}"#, "schema does not have"),
            (#"{"number":1,"number":2}"#, "a field twice"), (#"{"left":"","right":1}"#, "two fields of one oneof"),
            (#"{"labels":{"a":{},"a":{}}}"#, "a field twice"), (#"{"number":2147483648}"#, "does not fit"),
            (#"{"number":1.5}"#, "does not fit"), (#"{"number":"01"}"#, "does not fit"),
            (#"{"number":true}"#, "does not fit"),
            (#"{"large":"-1"}"#, "does not fit"), (#"{"large":18446744073709551616}"#, "does not fit"),
            (#"{"flag":1}"#, "does not fit"), (#"{"data":"AP8"}"#, "does not fit"),
            (#"{"data":"AP9="}"#, "does not fit"),
            (#"{"data":"A P8="}"#, "does not fit"), (#"{"real":1e999}"#, "does not fit"),
            (#"{"real":"nan"}"#, "does not fit"),
            (#"{"color":"BLUE"}"#, "does not fit"), (#"{"list":{}}"#, "does not fit"),
            (#"{"list":[null]}"#, "does not fit"),
            (#"{"time":"yesterday"}"#, "does not fit"), (#"{"time":"0000-01-01T00:00:00Z"}"#, "does not fit"),
            (#"{"span":"315576000001s"}"#, "does not fit"), (#"{"mask":"a_b"}"#, "does not fit"),
            (#"{"any":{"text":"x"}}"#, "does not fit"),
            (#"{"any":{"@type":"x/t.Nothing"}}"#, "the schema does not know"),
            (#"{"names":{"x":""}}"#, "does not fit"), (#"{"odds":{"1":0}}"#, "does not fit"), ("[]", "does not fit"),
            ("null", "does not fit"),
            ("", "does not fit"), (#"{"number":1"#, "not a valid message"), (#"{"number":1,}"#, "not a valid message"),
            (#"{number:1}"#, "not a valid message"), (#"{"number":01}"#, "not a valid message"),
            ("{} {}", "not a valid message"),
            (#"{"text":"\x"}"#, "not a valid message"), ("{\"text\":\"\u{1}\"}", "not a valid message"),
            (#"{"text":"\ud800"}"#, "not UTF-8"), (#"{"text":"\udc00\ud800"}"#, "not UTF-8"),
        ])
    func jsonThatDoesNotFitIsRefused(json: String, reason: String) throws {
        let run = try run()
        let error = #expect(throws: FormatError.self) { try run.payload(of: json) }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }

    @Test func textThatIsNotUTF8IsRefusedEitherWay() throws {
        #expect(throws: FormatError.self) { try run().json(of: [0x22, 0x01, 0xFF]) }
        #expect(throws: FormatError.self) {
            try run().payload(of: Array(#"{"text":""#.utf8) + [0xED, 0xA0, 0x80, 0x22, 0x7D])
        }
        let proto2 = try ProtobufRun("message M { optional string text = 1; }")
        #expect(throws: FormatError(.malformed, at: 0, "a string that is not UTF-8")) {
            try proto2.json(of: [0x0A, 0x01, 0xC0])
        }
    }

    @Test(
        arguments: [
            ([0x5A, 0x02, 0x10, 0x80], FormatError.Kind.malformed),  // cut
            ([0x5A, 0x06, 0x10, 0x80, 0x94, 0xEB, 0xDC, 0x03], .refused),  // a timestamp with 1,000,000,000 nanoseconds
            (
                [0x62, 0x04, 0x08, 0x01, 0x10, 0x01] + [0x62, 0x0B, 0x10] + [UInt8](repeating: 0xFF, count: 9) + [0x01],
                .refused
            ),  // signs differ
            ([0x6A, 0x03, 0x0A, 0x01, 0x41], .refused),  // a mask with a capital
            ([0x72, 0x03, 0x0A, 0x01, 0x78], .refused),  // an Any of a type that is not there
            ([0x82, 0x01, 0x09, 0x11, 0, 0, 0, 0, 0, 0, 0xF0, 0x7F], .refused),  // an infinite google.protobuf.Value
        ] as [([UInt8], FormatError.Kind)])
    func aPayloadThatJSONHasNoFormForIsRefused(payload: [UInt8], kind: FormatError.Kind) throws {
        let error = #expect(throws: FormatError.self) { try run().json(of: payload) }
        #expect(error?.kind == kind)
    }

    @Test func unknownFieldsAreLeftOutAndSoNoticedByConvertingBack() throws {
        let payload: [UInt8] = [0x08, 0x01, 0xF8, 0x7F, 0x07]
        #expect(try run().text(of: payload) == #"{"number":1}"#)
        #expect(try run().payload(of: #"{"number":1}"#) == [0x08, 0x01])
    }

    /// Why a conversion fails, and nothing of what it was given, which is long.
    private func reason(_ conversion: () throws -> [UInt8]) -> String {
        do { return "none, \(try conversion().count) bytes" } catch { return "\(error)" }
    }

    private func nested(_ levels: Int) -> String {
        #"{"inner":"# + String(repeating: #"{"inner":["#, count: levels) + String(repeating: "]}", count: levels) + "}"
    }

    @Test func depthIsBounded() throws {
        let run = try run()
        let deepest = nested(99).replacing("[]", with: "[{}]")
        let back = try run.text(of: run.payload(of: deepest))
        #expect(back.utf8.count == deepest.utf8.count)
        for levels in [102, 100_000] {
            let text = nested(levels)
            #expect(reason { try run.payload(of: text) }.contains("deeper than 100"))
        }
        let lists = #"{"value":"# + String(repeating: "[", count: 100_000)
        #expect(reason { try run.payload(of: lists) }.contains("deeper than 100"))
        var payload: [UInt8] = []
        for _ in 0..<300 { payload = ProtobufWire.delimited(2, payload) }
        payload = ProtobufWire.delimited(8, payload)
        #expect(reason { try run.json(of: payload) }.contains("not a valid message"))
        let groups = [UInt8](repeating: 0x0B, count: 1 << 20)
        #expect(reason { try run.json(of: groups) }.contains("not a valid message"))
    }

    @Test func anAnyInAnAnyIsBounded() throws {
        let run = try run()
        var content: [UInt8] = []
        for _ in 0..<2_000 {
            content = ProtobufWire.delimited(1, Array("/google.protobuf.Any".utf8)) + ProtobufWire.delimited(2, content)
        }
        let payload = ProtobufWire.delimited(14, content)
        #expect(reason { try run.json(of: payload) }.contains("deeper than 100"))
    }

    @Test func memoryIsBounded() throws {
        let fields = (1...2_000).map { "int64 f\($0) = \($0);" }.joined()
        let run = try ProtobufRun("syntax = \"proto3\"; message M { repeated M m = 2001; \(fields) }")
        let empty = ProtobufWire.delimited(2_001, [])
        let few = [[UInt8]](repeating: empty, count: 100).flatMap { $0 }
        let same = try run.payload(of: run.json(of: few)) == few
        #expect(same)
        let many = [[UInt8]](repeating: empty, count: 300_000).flatMap { $0 }
        #expect(reason { try run.json(of: many) }.contains("too much memory"))
        let text = "{\"m\":[" + String(repeating: "{},", count: 300_000) + "{}]}"
        #expect(reason { try run.payload(of: text) }.contains("too much memory"))
    }

    /// What an Any holds is of a type that its own message does not reach.
    @Test func memoryIsBoundedInAnysToo() throws {
        let fields = (1...2_000).map { "int64 f\($0) = \($0);" }.joined()
        let run = try ProtobufRun(
            """
            syntax = "proto3"; import "google/protobuf/any.proto"; message M { repeated google.protobuf.Any a = 1; }
            message Wide { repeated Wide w = 2001; \(fields) }
            """)
        func any(_ count: Int) -> [UInt8] {
            let wide = [[UInt8]](repeating: ProtobufWire.delimited(2_001, []), count: count).flatMap { $0 }
            return ProtobufWire.delimited(
                1, ProtobufWire.delimited(1, Array("x/Wide".utf8)) + ProtobufWire.delimited(2, wide))
        }
        let same = try run.payload(of: run.json(of: any(100))) == any(100)
        #expect(same)
        #expect(reason { try run.json(of: any(10_000)) }.contains("too much memory"))
        let several = [[UInt8]](repeating: any(1_000), count: 10).flatMap { $0 }
        #expect(reason { try run.json(of: several) }.contains("too much memory"))
    }

    @Test func theTextIsBounded() throws {
        let name = String(repeating: "n", count: 60_000)
        let run = try ProtobufRun("syntax = \"proto3\"; message M { repeated M m = 1; bool \(name) = 2; }")
        let payload = [[UInt8]](repeating: [0x0A, 0x02, 0x10, 0x01], count: 10_000).flatMap { $0 }
        #expect(reason { try run.json(of: payload) }.contains("too much memory"))
    }

    @Test func extensionsAndGroupsHaveTheirNames() throws {
        let run = try ProtobufRun(
            "package p; message M { extensions 100 to 200; optional group Part = 1 { optional int32 a = 2; } } extend M { optional string note = 100; }"
        )
        let payload: [UInt8] = [0x0B, 0x10, 0x07, 0x0C, 0xA2, 0x06, 0x01, 0x78]
        #expect(try run.text(of: payload) == #"{"part":{"a":7},"[p.note]":"x"}"#)
        #expect(try run.payload(of: run.json(of: payload)) == payload)
        #expect(throws: FormatError.self) { try run.payload(of: #"{"[p.other]":"x"}"#) }
    }

    @Test(
        arguments: [
            ("number", "0"), ("large", #""0""#), ("flag", "false"), ("text", #""""#), ("data", #""""#), ("real", "0"),
            ("color", #""RED""#), ("inner", "{}"), ("inner.text", #""""#), ("inner.inner[*].text", #""""#),
            ("list", "[]"),
            ("list[0].inner", "[]"), ("list[*]", "{}"), ("labels", "{}"), ("labels.*", "{}"), ("labels.x.text", #""""#),
            ("time", #""1970-01-01T00:00:00Z""#), ("span", #""0s""#), ("mask", #""""#), ("any", "{}"), ("struct", "{}"),
            ("struct.a.b[0]", "null"), ("value", "null"), ("values[*]", "null"), ("wrapped", #""0""#),
            ("numbers[1]", "0"),
            ("left", #""""#), ("right", "0"), ("names.\"5\"", #""""#), ("null", "null"),
        ])
    func aPathFindsItsFieldAndHasADefault(path: String, json: String) throws {
        let run = try run()
        _ = try run.conversion.plan(for: [FieldPath(parsing: path)])
        let match = FieldMatch(rule: 0, content: 0..<0, token: 0..<0, path: 0..<0, type: 0, placement: .inline)
        let found = try #require(run.conversion.defaultJSON(for: match))
        #expect(String(decoding: found, as: UTF8.self) == json)
    }

    @Test(
        arguments: [
            "number.a", "text[0]", "list.text", "labels[0]", "time.seconds", "span.nanos", "mask.paths[0]", "any.text",
            "wrapped.value", "numbers[*].a", "struct[0]", "values.a", "inner[0]", "color.x", "inner.text.*",
        ])
    func aPathIntoATypeThatCouldNeverHaveItIsRefused(path: String) throws {
        let error = #expect(throws: JSONConversionError.self) {
            try run().conversion.plan(for: [FieldPath(parsing: "flag"), FieldPath(parsing: path)])
        }
        #expect(error?.rule == 1)
    }

    @Test(arguments: ["later", "inner.later.still", "list[*].later", "labels.*.later", "Number"])
    func aFieldThatTheMessageLacksMatchesNothing(path: String) throws {
        let plan = try run().conversion.plan(for: [FieldPath(parsing: path)])
        let scanner = JSONFieldScanner()
        let text = Array(#"{"number":1,"inner":{},"list":[{}],"labels":{"a":{}}}"#.utf8)
        try text.withUnsafeBytes { try scanner.scan($0, plan: plan) }
        #expect(scanner.matches.isEmpty)
    }

    @Test func pathsThatOverlapAreRefused() throws {
        let paths = try ["list[*]", "list[0].text"].map { try FieldPath(parsing: $0) }
        #expect(throws: JSONConversionError.self) { try run().conversion.plan(for: paths) }
    }

    @Test func anExtensionIsAFieldByItsQuotedName() throws {
        let run = try ProtobufRun(
            "message M { extensions 100 to 200; } extend M { optional int64 note = 100; } message N { extensions 1; }")
        _ = try run.conversion.plan(for: [FieldPath(parsing: #""[note]""#)])
        let match = FieldMatch(rule: 0, content: 0..<0, token: 0..<0, path: 0..<0, type: 0, placement: .inline)
        #expect(run.conversion.defaultJSON(for: match) == Array(#""0""#.utf8))
    }
}
