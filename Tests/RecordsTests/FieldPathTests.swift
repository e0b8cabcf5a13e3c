import Testing

@testable import Records

@Suite struct FieldPathTests {
    private typealias Segment = FieldPath.Segment

    private static func key(_ text: String) -> FieldPath.Segment { .key(Array(text.utf8)) }

    @Test(
        "A path as people write it becomes its segments",
        arguments: [
            ("a", [key("a")]),
            ("customer.ssn", [key("customer"), key("ssn")]),
            ("_a-b.C9", [key("_a-b"), key("C9")]),
            ("banks[0].iban", [key("banks"), .index(0), key("iban")]),
            ("banks[*].iban", [key("banks"), .anyElement, key("iban")]),
            ("labels.*", [key("labels"), .anyValue]),
            ("*", [.anyValue]),
            ("*.*[*][*]", [.anyValue, .anyValue, .anyElement, .anyElement]),
            ("[3][12]", [.index(3), .index(12)]),
            ("[2147483647]", [.index(2_147_483_647)]),
            (#"a."b.c""#, [key("a"), key("b.c")]),
            (#""*""#, [key("*")]),
            (#""""#, [key("")]),
            (#""a[0]"[1]"#, [key("a[0]"), .index(1)]),
            (#"a."\"\\\/\b\f\n\r\t\u0041\u00e9\u20AC""#, [key("a"), key("\"\\/\u{8}\u{C}\n\r\tAé€")]),
            (#""größe 😀""#, [key("größe 😀")]),
            (#""\u0000""#, [.key([0])]),
        ])
    func parses(_ text: String, _ segments: [FieldPath.Segment]) throws {
        #expect(try FieldPath(parsing: text).segments == segments)
    }

    @Test(
        "What is no path is an error that says where",
        arguments: [
            ("", 0), (".", 0), (".a", 0), ("a.", 2), ("a..b", 2), ("a b", 0), ("9a", 0), ("-a", 0), ("é", 0),
            ("a.é", 2),
            ("a**", 0), ("a*", 0), ("a[", 2), ("a[0", 2), ("a[]", 2), ("a[-1]", 2), ("a[+1]", 2), ("a[01]", 2),
            ("a[ 1]", 2), ("a[1.0]", 2), ("a[x]", 2), ("a[**]", 2), ("a[2147483648]", 2),
            ("a[99999999999999999999999]", 2), ("[0]a", 3), ("a]", 0), (#""a"#, 2), (#""a"b"#, 3), (#"a"b""#, 0),
            (#""\"#, 2), (#""\x""#, 2), (#""\u""#, 2), (#""\u12""#, 2), (#""\u12g4""#, 2), (#""\ud83d\ude00""#, 2),
            (#""\u+041""#, 2), (#""\u-000""#, 2), (#""\u 041""#, 2), ("\"a\nb\"", 3), ("\"\u{1F}\"", 2),
        ])
    func refuses(_ text: String, at position: Int) {
        #expect {
            try FieldPath(parsing: text)
        } throws: { error in
            let error = error as? FieldPathError
            return error?.position == position && error?.reason.isEmpty == false
        }
    }

    @Test("Any prefix and any byte change of a path parses or throws, and never crashes", arguments: UInt64(1)...20)
    func hostile(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let start = Array(#"a.b[0]."c\u0041\n".*[*].d"#.utf8)
        for _ in 0..<500 {
            var bytes = Array(start.prefix(Int.random(in: 0...start.count, using: &random)))
            for _ in 0..<Int.random(in: 0...3, using: &random) where !bytes.isEmpty {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = Array(#"a.[]"\*u0 "#.utf8).randomElement(
                    using: &random)!
            }
            let text = String(decoding: bytes, as: UTF8.self)
            guard let path = try? FieldPath(parsing: text) else { continue }
            #expect((try? FieldPath(parsing: path.description)) == path)
        }
    }

    @Test("A path may have 64 segments and no more")
    func depth() throws {
        let deepest = Array(repeating: "a", count: 64).joined(separator: ".")
        #expect(try FieldPath(parsing: deepest).segments.count == FieldPath.maximumSegments)
        #expect(throws: FieldPathError.self) { try FieldPath(parsing: deepest + ".a") }
        #expect(throws: FieldPathError.self) { try FieldPath(parsing: deepest + "[0]") }
        #expect(throws: FieldPathError.self) {
            try FieldPath(parsing: String(repeating: "[0]", count: 100_000))
        }
    }

    @Test(
        "The description is the canonical spelling",
        arguments: [
            (#""a"."b""#, "a.b"), ("a[0].*[*]", "a[0].*[*]"), (#"a."b.c""#, #"a."b.c""#), (#""9""#, #""9""#),
            (#""""#, #""""#), (#"a."*""#, #"a."*""#), (#""\u0041""#, "A"), (#""\u00e9""#, #""é""#),
            (#""\u0001\u001F\u007f\/""#, "\"\\u0001\\u001f\u{7F}/\""),
            (#""\"\\\b\f\n\r\t""#, #""\"\\\b\f\n\r\t""#), ("*", "*"), ("[*]", "[*]"),
        ])
    func description(_ text: String, _ canonical: String) throws {
        #expect(try FieldPath(parsing: text).description == canonical)
    }

    @Test("Any path comes back from its canonical spelling", arguments: UInt64(1)...50)
    func roundTrip(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<40 {
            let segments = (0..<Int.random(in: 1...8, using: &random)).map { _ in randomSegment(&random) }
            let path = FieldPath(segments: segments)
            #expect(try FieldPath(parsing: path.description) == path)
        }
    }

    private func randomSegment(_ random: inout SeededGenerator) -> FieldPath.Segment {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return .index(Int(Int32.random(in: 0...Int32.max, using: &random)))
        case 1: return .anyElement
        case 2: return .anyValue
        default:
            let alphabet = Array("abzAZ09_-.[]*\"\\/ \n\t\r\u{0}\u{1}\u{1F}\u{7F}é€😀")
            let count = Int.random(in: 0...6, using: &random)
            return Self.key(String((0..<count).map { _ in alphabet.randomElement(using: &random)! }))
        }
    }

    @Test("Two spellings of the same segments are one path")
    func equality() throws {
        let path = try FieldPath(parsing: "a.b[0]")
        #expect(try FieldPath(parsing: #""a"."\u0062"[0]"#) == path)
        #expect(try Set([path, FieldPath(parsing: #"a."b"[0]"#)]).count == 1)
        #expect(try FieldPath(parsing: #"a."b[0]""#) != path)
        // Keys are compared as they are, not normalized.
        #expect(try FieldPath(parsing: "\"\u{E9}\"") != FieldPath(parsing: "\"e\u{301}\""))
    }

    @Test(
        "Paths overlap when some field is in both",
        arguments: [
            ("a", "a", true), ("a", "a.b", true), ("a.b", "a", true), ("a.b", "a.c", false), ("a", "b", false),
            ("a[*]", "a[3]", true), ("a[*].b", "a[3].b.c", true), ("a[*].b", "a[3].c", false), ("a.*", "a.b", true),
            ("a.*", "a.b.c", true), ("*", "a.b", true), ("a[1]", "a[2]", false), ("a[*]", "a.*", false),
            ("a[*]", "a.b", false), ("a.*", "a[0]", false), ("a.*.c", "a.b.*", true), ("a[*]", "a", true),
        ])
    func overlap(_ one: String, _ other: String, _ expected: Bool) throws {
        let one = try FieldPath(parsing: one)
        let other = try FieldPath(parsing: other)
        #expect(one.overlaps(other) == expected)
        #expect(other.overlaps(one) == expected)
    }

    @Test(
        "A path has a wildcard when it stands for more than one field",
        arguments: [("a.b[0]", false), ("a[*]", true), ("a.*.b", true), (#"a."*""#, false)])
    func wildcard(_ text: String, _ expected: Bool) throws {
        #expect(try FieldPath(parsing: text).hasWildcard == expected)
    }

    @Test("An error counts characters from one, as editors do")
    func errorDescription() {
        let error = FieldPathError(position: 2, reason: "no")
        #expect(error.description == "at character 3: no")
    }
}
