import Foundation
import Testing

extension EndToEndTests {
    @Suite("Bad input, given to the built command")
    struct BadInputTests {
        private static let secret = "Secr3t"
        private static let file = PairsFile(fields: ["ssn", "a.b", "list[*].x"])

        /// A record and the error that it must end in.
        struct Case: Sendable, CustomTestStringConvertible {
            var name: String
            var record: TransformLine
            var reason: String
            var field: String?

            var testDescription: String { name }

            init(_ name: String, _ record: TransformLine, _ reason: String, field: String? = nil) {
                self.name = name
                self.record = record
                self.reason = reason
                self.field = field
            }

            init(_ name: String, _ value: String, _ reason: String, field: String? = nil) {
                self.init(name, TransformLine(value), reason, field: field)
            }
        }

        private static let unsealable: [Case] = [
            Case("truncated", #"{"ssn":"\#(secret)","a":"#, "malformed_payload"),
            Case("truncated in a string", #"{"n":"\#(secret)"#, "malformed_payload"),
            Case("empty", "", "malformed_payload"),
            Case("trailing bytes", #"{"ssn":"\#(secret)"} x"#, "malformed_payload"),
            Case("two texts", #"{"ssn":"\#(secret)"}{"ssn":"\#(secret)"}"#, "malformed_payload"),
            Case("a byte order mark", "\u{FEFF}{\"ssn\":\"\(secret)\"}", "malformed_payload"),
            Case(
                "invalid UTF-8",
                TransformLine(value: Array(#"{"ssn":"\#(secret)"#.utf8) + [0xC3, 0x28] + Array("\"}".utf8)),
                "malformed_payload"),
            Case(
                "a surrogate in UTF-8",
                TransformLine(value: Array(#"{"ssn":"\#(secret)"#.utf8) + [0xED, 0xA0, 0x80] + Array("\"}".utf8)),
                "malformed_payload"),
            Case("a lone surrogate's escape", #"{"ssn":"\#(secret)\ud800"}"#, "malformed_payload"),
            Case("a low surrogate's escape first", #"{"n":"\#(secret)\udc00\ud800"}"#, "malformed_payload"),
            Case("a lone surrogate's escape in a key", #"{"\ud800":"\#(secret)"}"#, "malformed_payload"),
            Case("a control character", "{\"ssn\":\"\(secret)\n\"}", "malformed_payload"),
            Case("no JSON", secret, "malformed_payload"),
            Case("a number with a leading zero", #"{"ssn":"\#(secret)","n":01}"#, "malformed_payload"),
            Case("a bomb of lists", #"{"n":\#(String(repeating: "[", count: 100_000))"#, "malformed_payload"),
            Case("a bomb of objects", String(repeating: #"{"a":"#, count: 100_000), "malformed_payload"),
            Case(
                "one container too deep in a sealed field",
                #"{"ssn":\#(String(repeating: "[", count: 512))"\#(secret)"\#(String(repeating: "]", count: 512))}"#,
                "malformed_payload"),
            Case("a text where the path goes on", #"{"a":"\#(secret)"}"#, "path_mismatch", field: "a.b"),
            Case("a list where the path has a name", #"{"a":["\#(secret)"]}"#, "path_mismatch", field: "a.b"),
            Case(
                "an object where the path has a list", #"{"list":{"x":"\#(secret)"}}"#, "path_mismatch",
                field: "list[*].x"),
            Case(
                "an element that the path does not fit", #"{"list":[{"x":1},"\#(secret)"]}"#, "path_mismatch",
                field: "list[*].x"),
            Case("a text that is all", #""\#(secret)""#, "path_mismatch"),
            Case(
                "an envelope before encryption",
                TransformLine(#"{"ssn":"\#(secret)"}"#, headers: [("fieldseal.envelope", "{}")]), "already_encrypted"),
            Case(
                "any header of Fieldseal's", TransformLine(#"{"ssn":"\#(secret)"}"#, headers: [("fieldseal.x", nil)]),
                "already_encrypted"),
            Case(
                "a tombstone with such a header", TransformLine(nil, headers: [("fieldseal.error", nil)]),
                "already_encrypted"),
            Case("the framing of a registry where none is configured", "\0\0\0\0\u{1}\(secret)", "schema_unusable"),
        ]

        @Test("Each record that can't be sealed is an error, in its place, that tells nothing of it")
        func sealing() async throws {
            let good = TransformLine(#"{"ssn":"\#(Self.secret)"}"#)
            try await Self.expect(Self.unsealable, by: "seal", among: good)
        }

        @Test("A value of a megabyte and one at the greatest depth are sealed and opened")
        func bounds() async throws {
            let deep = String(repeating: "[", count: 511) + String(repeating: "]", count: 511)
            let records = [
                TransformLine(#"{"ssn":"\#(String(repeating: "x", count: 1 << 20))"}"#),
                TransformLine(#"{"ssn":\#(deep)}"#),
                TransformLine(#"{"n":"\#(String(repeating: "\\u0001", count: 200_000))","ssn":1}"#),
            ]
            let (sealed, _) = try await FieldsealCommand.transform(records, by: "seal", of: Self.file)
            #expect(sealed.allSatisfy { $0.error == nil })
            let (opened, outcome) = try await FieldsealCommand.transform(sealed, by: "open", of: Self.file)
            #expect(outcome.status == 0)
            #expect(firstDifference(opened.map { $0.inNoTopic() }, records) == nil)
        }

        @Test("Each record that can't be opened is an error, in its place, that tells nothing of it")
        func opening() async throws {
            let plain = [
                TransformLine(key: "k", #"{"ssn":"\#(Self.secret)","a":{"b":"\#(Self.secret)"}}"#),
                TransformLine(key: "k", #"{"ssn":"\#(Self.secret) 2"}"#), TransformLine(key: "k", nil),
            ]
            let (sealed, _) = try await FieldsealCommand.transform(plain, by: "seal", of: Self.file)
            try #require(sealed.count == 3 && sealed.allSatisfy { $0.error == nil })
            var other = Self.file
            other.fields[0].key = "in-memory-kms://other"
            other.fields = [other.fields[0]]
            let (foreign, _) = try await FieldsealCommand.transform(plain, by: "seal", of: other)
            let cases =
                try Self.unopenable(sealed) + [
                    Case("a kek that is not allowed", foreign[0], "kek_not_allowed", field: "ssn")
                ]
            var file = Self.file
            file.decrypt += #", keks: ["in-memory-kms://pii"]"#
            try await Self.expect(cases, by: "open", of: file, among: sealed[0])
        }

        private static func unopenable(_ sealed: [TransformLine]) throws -> [Case] {
            let (first, second, tombstone) = (sealed[0], sealed[1], sealed[2])
            let envelope = try #require(first.header("fieldseal.envelope"))
            let text = String(decoding: envelope, as: UTF8.self)
            func enveloped(_ change: (String) -> String) -> TransformLine {
                first.with("fieldseal.envelope", Array(change(text).utf8))
            }
            func sized(_ length: Int) throws -> TransformLine {
                let longer = enveloped {
                    "\($0.dropLast(3))\(String(repeating: "A", count: length - $0.utf8.count))\"}]"
                }
                try #require(longer.header("fieldseal.envelope")?.count == length)
                return longer
            }
            func valued(_ value: String) -> TransformLine {
                var copy = first
                copy.value = Data(value.utf8)
                return copy
            }
            let value = try #require(first.text)
            let (ssn, b) = (try ciphertext("ssn", of: value), try ciphertext("b", of: value))
            var keyed = first
            keyed.key = Data("other".utf8)
            var emptied = first
            emptied.value = nil
            var filled = tombstone
            filled.value = Data(value.utf8)
            let flipped = ssn.first == "A" ? "B\(ssn.dropFirst())" : "A\(ssn.dropFirst())"
            let doubled = first.with("h", nil)
            return [
                Case("no envelope", first.with("fieldseal.envelope", nil), "not_encrypted"),
                Case(
                    "an unknown member", enveloped { $0.replacing(#"{"v":1,"#, with: #"{"v":1,"x":1,"#) },
                    "malformed_envelope"),
                Case(
                    "an unknown member of a part", enveloped { $0.replacing(#""pad""#, with: #""x":1,"pad""#) },
                    "malformed_envelope"),
                Case(
                    "a duplicate member", enveloped { $0.replacing(#"{"v":1,"#, with: #"{"v":1,"v":1,"#) },
                    "malformed_envelope"),
                Case("another version", enveloped { $0.replacing(#""v":1"#, with: #""v":2"#) }, "malformed_envelope"),
                Case("one line", enveloped { $0.replacing("\n", with: "") }, "malformed_envelope"),
                Case("three lines", enveloped { $0 + "\n[]" }, "malformed_envelope"),
                Case(
                    "an index out of range", enveloped { $0.replacing(#""key":0"#, with: #""key":1"#) },
                    "malformed_envelope"),
                Case(
                    "an index beyond all numbers",
                    enveloped { $0.replacing(#""key":0"#, with: #""key":99999999999999999999"#) }, "malformed_envelope"),
                Case("no keys", enveloped { $0.prefix { $0 != "\n" } + "\n[]" }, "malformed_envelope"),
                Case("invalid UTF-8", first.with("fieldseal.envelope", envelope + [0xFF]), "malformed_envelope"),
                Case("64 KiB and one byte", try sized(65_537), "malformed_envelope"),
                Case("64 KiB, with a wrapped key that is none", try sized(65_536), "key_refused", field: "ssn"),
                Case(
                    "a bomb for an envelope", enveloped { _ in String(repeating: "[", count: 60_000) },
                    "malformed_envelope"
                ),
                Case(
                    "a null envelope", TransformLine(key: "k", value, headers: [("fieldseal.envelope", nil)]),
                    "malformed_envelope"),
                Case("two envelopes", doubled.adding("fieldseal.envelope", envelope), "malformed_envelope"),
                Case("an unknown header", doubled.adding("fieldseal.x", []), "malformed_envelope"),
                Case(
                    "a foreign topic", enveloped { $0.replacing(#""topic":"sealed""#, with: #""topic":"foreign""#) },
                    "foreign_topic"),
                Case(
                    "a flipped ciphertext", valued(value.replacing(ssn, with: flipped)), "authentication_failed",
                    field: "ssn"),
                Case(
                    "swapped ciphertexts",
                    valued(value.replacing(ssn, with: "?").replacing(b, with: ssn).replacing("?", with: b)),
                    "authentication_failed", field: "ssn"),
                Case("another record's key", keyed, "authentication_failed", field: "ssn"),
                Case(
                    "a changed layout", enveloped { $0.replacing(#""pad":16"#, with: #""pad":32"#) },
                    "authentication_failed",
                    field: "ssn"),
                Case(
                    "a truncated ciphertext", valued(value.replacing(ssn, with: String(ssn.prefix(16)))),
                    "authentication_failed", field: "ssn"),
                Case(
                    "no base64", valued(value.replacing(ssn, with: "!\(ssn.dropFirst())")), "layout_mismatch",
                    field: "ssn"),
                Case(
                    "white space in base64", valued(value.replacing(ssn, with: " \(ssn)")), "layout_mismatch",
                    field: "ssn"),
                Case(
                    "plaintext in the field's place", valued(value.replacing(ssn, with: secret)), "layout_mismatch",
                    field: "ssn"),
                Case(
                    "a number in the field's place", valued(value.replacing("\"\(ssn)\"", with: "7")),
                    "layout_mismatch",
                    field: "ssn"),
                Case("a null value with sealed fields", emptied, "layout_mismatch"),
                Case("a tombstone's envelope on a value", filled, "not_encrypted"),
                Case("a truncated value", valued(String(value.dropLast())), "malformed_payload"),
                Case("another record's envelope and value", second.with("fieldseal.envelope", nil), "not_encrypted"),
                Case(
                    "a wrapped key that is none", enveloped { $0.replacing(#""edek":""#, with: #""edek":"AAAA"#) },
                    "key_refused", field: "ssn"),
            ]
        }

        /// The text that stands in the place of a member.
        private static func ciphertext(_ name: String, of value: String) throws -> String {
            let start = try #require(value.firstRange(of: "\"\(name)\":\"")?.upperBound)
            return String(value[start...].prefix { $0 != "\"" })
        }

        /// Expects each case's error, and the good records among them to come through.
        private static func expect(
            _ cases: [Case], by pair: String, of file: PairsFile = file, among good: TransformLine
        )
            async throws
        {
            let records = cases.enumerated().flatMap { index, one in
                var record = one.record
                record.partition = 7
                record.offset = Int64(index)
                return [record, good]
            }
            let (results, outcome) = try await FieldsealCommand.transform(records, by: pair, of: file)
            #expect(outcome.status == 3, "\(outcome.errors)")
            #expect(!outcome.errors.contains(secret))
            try #require(results.count == records.count)
            for (index, one) in cases.enumerated() {
                let result = results[2 * index]
                #expect(result.error?.reason == one.reason, "\(one.name): \(String(describing: result.error))")
                if let field = one.field { #expect(result.error?.field == field, "\(one.name)") }
                #expect(result.partition == 7 && result.offset == Int64(index), "\(one.name)")
                #expect(result.value == nil && result.headers == nil, "\(one.name)")
                #expect(!outcome.lines[2 * index].contains(text: secret), "\(one.name)")
                #expect(results[2 * index + 1].error == nil, "the good record after '\(one.name)'")
            }
        }

        @Test("A line that is no record is an error of its own")
        func lines() async throws {
            let good = #"{"value":"e30="}"#
            let bad = [
                "x", "[]", "{}", #"{"value":"e30=""#, #"{"value":"e30=","x":1}"#, #"{"value":"e30"}"#,
                #"{"value":"e31="}"#,
                #"{"value":7}"#, #"{"value":"e30=","value":"e30="}"#, #"{"value":"e30=","headers":[["a"]]}"#,
                #"{"value":"e30=","headers":{}}"#, #"{"value":"e30=","partition":-1.5}"#,
                #"{"value":"e30=","offset":99999999999999999999}"#, #"{"value":"e30=","headers":[["\ud800",null]]}"#,
                #"{"value":"e30="} {"value":"e30="}"#, String(repeating: "[", count: 100_000),
            ]
            let input = bad.flatMap { [$0, good, "", "  \r"] }.joined(separator: "\n")
            let outcome = try await FieldsealCommand.run(
                ["transform", "--pair", "seal"], configuration: Self.file.text, input: Array(input.utf8))
            #expect(outcome.status == 3)
            let results = try outcome.lines.map(TransformLine.init(parsing:))
            try #require(results.count == 2 * bad.count)
            for (index, line) in bad.enumerated() {
                #expect(results[2 * index].error?.reason == "malformed_line", "\(line.prefix(60))")
                #expect(results[2 * index + 1].error == nil)
            }
        }

        @Test("Another topic than the source is an error, and one that the pair accepts is none")
        func topics() async throws {
            var record = TransformLine(key: "k", #"{"ssn":1}"#)
            record.topic = "elsewhere"
            let (refused, _) = try await FieldsealCommand.transform([record], by: "seal", of: Self.file)
            #expect(refused.map(\.error?.reason) == ["foreign_topic"])
            record.topic = "raw"
            var (sealed, _) = try await FieldsealCommand.transform([record], by: "seal", of: Self.file)
            #expect(sealed.map(\.error) == [nil])
            #expect(sealed.map(\.topic) == ["sealed"])
            sealed[0].topic = "copy"
            let (foreign, _) = try await FieldsealCommand.transform(sealed, by: "open", of: Self.file)
            #expect(foreign.map(\.error?.reason) == ["foreign_topic"])
            var file = Self.file
            file.decrypt += ", acceptTopics: [sealed]"
            let (opened, _) = try await FieldsealCommand.transform(sealed, by: "open", of: file)
            #expect(opened.map(\.text) == [record.text])
            #expect(opened.map(\.topic) == ["opened"])
        }
    }
}

extension TransformLine {
    fileprivate func adding(_ name: String, _ value: [UInt8]) -> TransformLine {
        var copy = self
        copy.headers?.append([name, Data(value).base64EncodedString()])
        return copy
    }
}
