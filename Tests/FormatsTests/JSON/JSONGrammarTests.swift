import Formats
import Testing

/// RFC 8259 by tables.
@Suite struct JSONGrammarTests {
    @Test(arguments: [
        "{}", "[]", "\"\"", "0", "-0", "1", "-1", "12345678901234567890123456789", "0.0", "-0.5", "1e0", "1E+2",
        "1.5e-3",
        "10.25", "1234567.8", "12345678.9", "123456789.0123456789e123456789", "true", "false", "null", " 1 ",
        "\t\r\n 1\n\r\t ", "[1]", "[ 1 , 2 ]", "[[],[[]],{}]", "{\"a\":1}", " { \"a\" : 1 , \"b\" : [ ] } ",
        "{\"a\":1,\"a\":2}", "{\"\":0}", "[null,true,false]", "[\"a\",\"b\"]", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
        "\"\\u0000\"", "\"\\u00e9\\uFFFF\"", "\"\\ud83d\\ude00\"", "\"\\uD800\\uDC00\"", "\"\\uDBFF\\uDFFF\"",
        "\"\u{7F}\"",
        "\"é\"", "\"日本語\"", "\"😀\"", "\"\u{10FFFF}\"", "\"\u{80}\u{7FF}\u{800}\u{FFFF}\u{10000}\"",
        "\"\u{D7FF}\u{E000}\"", "\"\u{2028}\u{2029}\u{FEFF}\"", "[0,1e1,2.5,-3]", "\"1234567\"", "\"12345678\"",
        "\"123456789\"", "\"1234567é\"", "\"12345678\\n\"", "                                1",
    ])
    func `A valid text is accepted`(text: String) {
        #expect(scanError(Array(text.utf8)) == nil)
    }

    @Test(arguments: [
        "", " ", "\n", "[", "]", "{", "}", ",", ":", "\"", "[1", "[1,", "[1,]", "[,1]", "[1,,2]", "[1 2]", "[1}", "{]",
        "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{,}", "{\"a\" 1}", "{\"a\"::1}", "{\"a\":}",
        "{a:1}",
        "{'a':1}", "{1:1}", "{null:1}", "{\"a\":1 \"b\":2}", "{\"a\":1]", "{}}", "[]]", "{}{}", "1 2", "null null",
        "{} x",
        "[1]\u{0}", "\u{0}", "\u{FEFF}1", "\u{A0}1", "\u{B}1", "\u{C}1", "+1", "01", "-01", "00", "-", "--1", "1.",
        ".1", "-.1",
        "1.e1", "1e", "1e+", "1e-", "1E", "0e", "1.5.5", "1e1.5", "1e5e5", "0x1", "1_000", "1a", "Infinity",
        "-Infinity",
        "NaN", "nan", "1,", "tru", "true1", "truee", "True", "TRUE", "fals", "falsy", "nul", "nulll", "Null", "t", "n",
        "f",
        "'a'", "\"a", "\"\\", "\"\\\"", "\"\\u", "\"\\x\"", "\"\\a\"", "\"\\'\"", "\"\\0\"", "\"\\U0041\"", "\"\\u\"",
        "\"\\u1\"", "\"\\u12\"", "\"\\u123\"", "\"\\u123g\"", "\"\\u+123\"", "\"\\u 123\"", "\"\\ud800\"",
        "\"\\udc00\"",
        "\"\\ud800\\ud800\"", "\"\\ud800x\"", "\"\\ud800\\n\"", "\"\\ud800\\u0041\"", "\"\\udc00\\ud800\"",
        "\"\\ud83d\\ude0\"", "\"\\ud83d\\\"", "\"\\ud83d\\u", "\"a\nb\"", "\"\t\"", "\"\u{0}\"", "\"\u{1F}\"",
        "\"1234567\u{1}\"",
        "// c\n1", "/* c */1", "1 // c", "[1]#", "undefined", "(1)", "\\u0031", "[\"a\",\n4\n,1,", "[\"\": 1]",
        "{\"a\",\"b\"}",
    ])
    func `An invalid text is malformed`(text: String) {
        #expect(scanError(Array(text.utf8))?.kind == .malformed)
    }

    @Test(
        arguments: [
            [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x20], [0xC2, 0xC2], [0xE0, 0x80, 0x80],
            [0xE0, 0x9F, 0xBF], [0xE1, 0x80], [0xE1, 0x80, 0x20], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF],
            [0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80], [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF],
            [0xF0, 0x90, 0x80],
            [0xF1, 0x80, 0x80, 0x20], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80],
            [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFE],
            [0xFF],
        ] as [[UInt8]])
    func `Ill-formed UTF-8 is malformed wherever it stands`(bytes: [UInt8]) {
        for lead in 0...17 {
            let before = [UInt8](repeating: UInt8(ascii: "a"), count: lead)
            for after in [[], Array("bcdefghijklm".utf8)] {
                let string = [UInt8(ascii: "\"")] + before + bytes + after + [UInt8(ascii: "\"")]
                #expect(scanError(string)?.kind == .malformed)
                #expect(scanError(Array("{".utf8) + string + Array(":1}".utf8))?.kind == .malformed)
            }
        }
        #expect(scanError(bytes)?.kind == .malformed)
    }

    @Test func `Every character of Unicode is accepted raw and escaped`() {
        var raw = "\""
        var escaped = "\""
        for value in UInt32(0x20)...0x10FFFF where value % 61 == 0 || value < 0x3000 || value > 0x10FF00 {
            guard let scalar = Unicode.Scalar(value), scalar != "\"", scalar != "\\" else { continue }
            raw.unicodeScalars.append(scalar)
            guard value % 3 == 0 else { continue }
            for unit in String(scalar).utf16 {
                let digits = String(unit, radix: 16)
                escaped += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        #expect(scanError(Array((raw + "\"").utf8)) == nil)
        #expect(scanError(Array((escaped + "\"").utf8)) == nil)
    }

    @Test(arguments: [("[", "]"), ("{\"a\":", "}"), ("[{\"a\":", "}]")])
    func `512 containers inside each other are accepted and 513 are not`(open: String, close: String) {
        let levels = open.utf8.filter { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "{") }.count
        func nested(_ depth: Int) -> [UInt8] {
            let count = depth / levels
            let rest = depth % levels == 1 ? ("[", "]") : ("", "")
            let text =
                rest.0 + String(repeating: open, count: count) + "1" + String(repeating: close, count: count) + rest.1
            return Array(text.utf8)
        }
        #expect(scanError(nested(512)) == nil)
        #expect(scanError(nested(513))?.kind == .malformed)
    }

    @Test func `The depth counts the containers along a path too`() {
        let inner = String(repeating: "[", count: 511) + String(repeating: "]", count: 511)
        #expect(scanError(Array("{\"a\":\(inner)}".utf8), "a") == nil)
        #expect(scanError(Array("{\"a\":[\(inner)]}".utf8), "a")?.kind == .malformed)
        #expect(scanError(Array("{\"a\":{\"b\":\(inner)}}".utf8), "a.c")?.kind == .malformed)
    }

    @Test(arguments: ["[", "{\"a\":", "[{\"a\":[", "[[],", "{\"b\":0,\"a\":"])
    func `A hundred thousand open containers are refused`(open: String) {
        let bomb = Array(String(repeating: open, count: 100_000).utf8)
        #expect(scanError(bomb)?.kind == .malformed)
        #expect(scanError(bomb, "x[*].y")?.kind != nil)
        #expect(scanError(Array("{\"a\":".utf8) + bomb, "a")?.kind == .malformed)
    }

    @Test(arguments: ["x", "é", "日", "😀", "\\n", "\\u00e9", "\\ud83d\\ude00"])
    func `A string of a megabyte is accepted, and malformed without its end`(piece: String) throws {
        let content = String(repeating: piece, count: (1 << 20) / piece.utf8.count)
        let text = "{\"a\":\"\(content)\"}"
        #expect(try fields(text, "a") == ["a=\"\(content)\""])
        #expect(scanError(Array("{\"a\":\"\(content)".utf8), "a")?.kind == .malformed)
    }

    @Test func `An error says where the text stops being valid`() {
        #expect(scanError(Array("{\"a\":tru}".utf8))?.offset == 5)
        #expect(scanError(Array("[1,2 3]".utf8))?.offset == 5)
        #expect(scanError(Array("\"ab\\x\"".utf8))?.offset == 3)
        #expect(scanError(Array("{} {}".utf8))?.offset == 3)
        #expect(scanError(Array("[".utf8))?.offset == 1)
    }
}
