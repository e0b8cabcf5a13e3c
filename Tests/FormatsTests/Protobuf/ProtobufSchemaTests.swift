import AvroCases
import Formats
import ProtobufCases
import Testing

@Suite struct ProtobufSchemaTests {
    private func fault(_ text: String, _ references: [ProtobufSchema.File] = []) -> String {
        do {
            _ = try ProtobufSchema(parsing: text, references: references)
            return "none"
        } catch {
            return error.description
        }
    }

    @Test(
        arguments: [
            ("syntax = \"proto3\";\nmessage M {\n  int32 a = 1\n}", "schema: line 4, column 1: Expected \";\"."),
            ("message M { required Other o = 1; }", "line 1, column 22: M.o: \"Other\" is not defined."),
            ("syntax = \"proto3\"; message M { int32 a = 1; int32 b = 1; }", "line 1, column 55: M.b: Field number 1"),
            ("syntax = \"proto9\";", "Unrecognized syntax identifier \"proto9\""),
            ("import \"other.proto\";", "schema: it imports other.proto, which is not among its references"),
            ("import \"google/protobuf/nothing.proto\";", "there is no google/protobuf/nothing.proto"),
            ("message M { option message_set_wire_format = true; extensions 4 to max; }", "message sets"),
        ])
    func aFaultIsToldWithItsPlace(text: String, reason: String) {
        #expect(fault(text).contains(reason), "\(fault(text))")
    }

    @Test func whatIsImportedIsLinkedInAnyOrder() throws {
        let root = "syntax = \"proto3\"; import \"b/b.proto\"; message M { b.B b = 1; }"
        let b = "syntax = \"proto3\"; package b; import \"a.proto\"; message B { a.A a = 1; }"
        let a = "syntax = \"proto3\"; package a; message A { string text = 1; }"
        let files: [ProtobufSchema.File] = [.init(name: "b/b.proto", text: b), .init(name: "a.proto", text: a)]
        for references in [files, files.reversed()] {
            let run = try ProtobufRun(root, references: references)
            #expect(try run.text(of: [0x0A, 0x05, 0x0A, 0x03, 0x0A, 0x01, 0x78]) == #"{"b":{"a":{"text":"x"}}}"#)
        }
    }

    @Test func aFaultInAnImportNamesItsFile() {
        let b = ProtobufSchema.File(name: "b.proto", text: "message B { int32 a }")
        #expect(fault("import \"b.proto\";", [b]).contains("b.proto: line 1, column 13: "))
    }

    @Test func importsThatRunInACircleAreRefused() {
        let files: [ProtobufSchema.File] = [
            .init(name: "a.proto", text: "import \"b.proto\";"), .init(name: "b.proto", text: "import \"a.proto\";"),
        ]
        #expect(fault("import \"a.proto\";", files).contains("in a circle"))
    }

    @Test func importsWithoutEndAreRefused() {
        let files = (0..<2_000).map {
            ProtobufSchema.File(name: "\($0).proto", text: "import \"\($0 + 1).proto\";")
        }
        #expect(fault("import \"0.proto\";", files).contains("deeper than 64"))
    }

    @Test func everyFileOfGooglesAndConfluentsIsThere() throws {
        let names =
            [
                "any", "api", "descriptor", "duration", "empty", "field_mask", "source_context", "struct", "timestamp",
                "type", "wrappers",
            ]
            .map { "google/protobuf/\($0)" }
            + [
                "date", "datetime", "dayofweek", "decimal", "expr", "fraction", "interval", "latlng", "localized_text",
                "money", "month",
                "phone_number", "postal_address", "quaternion", "timeofday", "calendar_period", "color",
            ].map { "google/type/\($0)" }
            + ["confluent/meta", "confluent/type/decimal", "confluent/types/decimal"]
        let text =
            names.map { "import \"\($0).proto\";\n" }.joined()
            + "message M { optional confluent.type.Decimal d = 1 [(confluent.field_meta) = {tags: \"PII\"}]; }"
        let run = try ProtobufRun("syntax = \"proto2\";" + text)
        #expect(try run.text(of: [0x0A, 0x02, 0x18, 0x02]) == #"{"d":{"scale":2}}"#)
    }

    @Test func aTypeOfGooglesNameThatIsNotGooglesIsAMessageAsAnyOther() throws {
        let run = try ProtobufRun(
            "syntax = \"proto3\"; package google.protobuf; message Timestamp { string seconds = 1; }")
        #expect(try run.text(of: [0x0A, 0x01, 0x78]) == #"{"seconds":"x"}"#)
        let file = ProtobufSchema.File(
            name: "google/protobuf/timestamp.proto",
            text: "syntax = \"proto3\"; package google.protobuf; message Timestamp { string seconds = 1; }")
        let other = try ProtobufRun(
            "syntax = \"proto3\"; import \"google/protobuf/timestamp.proto\"; message M { google.protobuf.Timestamp t = 1; }",
            references: [file])
        #expect(try other.text(of: [0x0A, 0x02, 0x08, 0x01]) == #"{"t":"1970-01-01T00:00:01Z"}"#)
    }

    /// A FileDescriptorProto: name "x", message M { optional string a = 1; }.
    @Test func aSerializedDescriptorIsASchemaToo() throws {
        let base64 = "CgF4Ig4KAU0SCQoBYRgBIAEoCQ=="
        #expect(try ProtobufRun(base64).text(of: [0x0A, 0x01, 0x78]) == #"{"a":"x"}"#)
        #expect(fault("AAAA").contains("it is not a FileDescriptorProto"))
    }

    @Test func aMessageIsFoundByItsIndexPath() throws {
        let text = """
            syntax = "proto3"; message A { message X {} message Y { message Z { int32 z = 1; } } } message B { int32 b = 1; }
            """
        #expect(try ProtobufRun(text, messagePath: [0, 1, 0]).conversion.messageName == "A.Y.Z")
        #expect(try ProtobufRun(text, messagePath: [1]).conversion.messageName == "B")
        for path: [Int32] in [[], [2], [-1], [0, 2], [0, 1, 1], [0, -1], [0, 1, 0, 0], [Int32.max], [Int32.min]] {
            #expect(throws: JSONConversionError.self) { try ProtobufRun(text, messagePath: path) }
        }
    }

    @Test func aMessageBehindAMapIsFoundWhereverClientsAgree() throws {
        let one = "syntax = \"proto3\"; message A { map<int32, int32> m = 1; message X {} }"
        #expect(try ProtobufRun(one, messagePath: [0, 0]).conversion.messageName == "A.X")
        #expect(try ProtobufRun(one, messagePath: [0, 1]).conversion.messageName == "A.X")
        let two = "syntax = \"proto3\"; message A { map<int32, int32> m = 1; message X {} message Y {} }"
        #expect(throws: JSONConversionError.self) { try ProtobufRun(two, messagePath: [0, 1]) }
        #expect(try ProtobufRun(two, messagePath: [0, 2]).conversion.messageName == "A.Y")
    }

    @Test(
        arguments: [
            ("", "message M { "), ("message M { ", "optional group G = 1 { "), ("option (x) = ", "{ a "),
            ("message M { optional int32 a = 1 [", "("), ("message M { ", "oneof o { "),
        ], [60, 50_000])
    func aSchemaWithoutEndIsRefused(opening: (String, String), count: Int) {
        let text = opening.0 + String(repeating: opening.1, count: count)
        let refused = fault(text) != "none"
        #expect(refused)
    }

    @Test func anOptionWithoutEndIsRefused() {
        let text = """
            import "google/protobuf/descriptor.proto";
            message R { optional R r = 1; }
            extend google.protobuf.MessageOptions { optional R r = 50000; }
            message M { option (r) = { \(String(repeating: "r {", count: 100_000)) \(String(repeating: "}", count: 100_000)) }; }
            """
        #expect(fault(text).contains("nested deeper than 64"))
    }

    @Test func aSchemaThatCostsTooMuchIsRefused() {
        let ranges = (0..<1_000).map { "\($0 * 2 + 1)" }.joined(separator: ", ")
        #expect(fault("message M { extensions \(ranges); }").contains("over 512 extension ranges"))
        #expect(fault("message M { reserved \(ranges); }").contains("reserves over 512 ranges"))
        let fields = (1...5_000).map { "optional int32 f\($0) = \($0);" }.joined()
        #expect(fault("message M { \(fields) }").contains("over 4096 fields"))
        let extensions = "message N { extensions 1 to 9999; } extend N { \(fields) }"
        #expect(fault(extensions).contains("over 4096 extensions"))
        #expect(fault("message M { \(extensions) }").contains("over 4096 extensions"))
        #expect(fault(String(repeating: " ", count: 1 << 20) + " ").contains("over 1 MiB"))
    }

    @Test func controlCharactersOfASchemaStayOutOfErrors() {
        let reason = fault("import \"\\033[2J\\n.proto\";")
        #expect(reason.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
    }

    @Test func aSchemaThatIsCutOrChangedAnywhereIsReadOrRefused() throws {
        var random = AvroRandom(seed: 7)
        for seed in 0..<60 as Range<UInt64> {
            let model = ProtobufModelGenerator.make(seed: seed)
            let text = Array(model.text.utf8)
            for _ in 0..<10 {
                var changed = text
                let place = Int(random.next() % UInt64(text.count))
                if random.oneIn(2) {
                    changed.removeSubrange(place...)
                } else {
                    changed[place] = UInt8(truncatingIfNeeded: random.next())
                }
                let file = ProtobufSchema.File(name: model.importedName, text: model.importedText)
                _ = try? ProtobufSchema(parsing: String(decoding: changed, as: UTF8.self), references: [file])
            }
        }
    }
}
