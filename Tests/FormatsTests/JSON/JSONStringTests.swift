import Formats
import Records
import Testing

/// Undoing escapes.
@Suite struct JSONStringTests {
    @Test(arguments: [
        (#""""#, ""), (#""abc""#, "abc"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
        (#""\u0041\u00e9\u00E9""#, "Aéé"),
        (#""\u0000x""#, "\u{0}x"), (#""\u65e5\uFFFF""#, "日\u{FFFF}"), (#""\ud83d\ude00!""#, "😀!"),
        (#""\uDBFF\uDFFF""#, "\u{10FFFF}"), (#""é\u007f\u0080\u07ff\u0800""#, "é\u{7F}\u{80}\u{7FF}\u{800}"),
        (#""q83v\/w==""#, "q83v/w=="),
    ])
    func `A token's content is its text with the escapes undone`(token: String, content: String) {
        let out = OutputBuffer()
        out.append("before")
        #expect(unescape(token, into: out))
        #expect(String(decoding: out.bytes, as: UTF8.self) == "before" + content)
    }

    @Test(arguments: [
        "", "\"", "x", "\"x", "x\"", #""\""#, #""\x""#, #""\u12""#, #""\u12""#, #""\ud800""#, #""\udc00\ud800""#,
        #""a\"#, "12",
    ])
    func `What is no string token is said to be none, and nothing is appended`(token: String) {
        let out = OutputBuffer()
        out.append("before")
        #expect(!unescape(token, into: out))
        #expect(String(decoding: out.bytes, as: UTF8.self) == "before")
    }

    @Test func `The content lies in the token itself where nothing is escaped`() throws {
        let payload = JSONTestPayload(Array("\"q83v/w==\"".utf8))
        let content = try #require(JSONString.plainContent(payload.bytes))
        #expect(content.baseAddress == payload.bytes.baseAddress! + 1)
        #expect(content.count == 8)
        for token in ["\"a\\/b\"", "1", "\"", ""] {
            let payload = JSONTestPayload(Array(token.utf8))
            #expect(JSONString.plainContent(payload.bytes)?.count == nil)
        }
    }

    @Test func `Content much larger than the buffer fits`() {
        let out = OutputBuffer(capacity: 64)
        let content = String(repeating: "\\u00e9x\\ud83d\\ude00", count: 10_000)
        #expect(unescape("\"\(content)\"", into: out))
        #expect(String(decoding: out.bytes, as: UTF8.self) == String(repeating: "éx😀", count: 10_000))
    }

    private func unescape(_ token: String, into out: OutputBuffer) -> Bool {
        let payload = JSONTestPayload(Array(token.utf8))
        return JSONString.unescape(payload.bytes, into: out)
    }
}
