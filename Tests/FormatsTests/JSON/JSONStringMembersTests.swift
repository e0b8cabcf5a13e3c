import Formats
import Testing

/// Walking flat objects of strings.
@Suite struct JSONStringMembersTests {
    @Test(arguments: [
        ("{}", []), (" { } ", []), (#"{"salary":"q83v"}"#, [#""salary"="q83v""#]),
        (#" { "a" : "1" , "b[0].\u0063":"" } "#, [#""a"="1""#, #""b[0].\u0063"="""#]),
        (#"{"a":"1","a":"2"}"#, [#""a"="1""#, #""a"="2""#]),
    ])
    func `Each member's tokens are told as they stand`(text: String, members: [String]) throws {
        #expect(try walk(text) == members)
    }

    @Test(arguments: [
        "", " ", "[]", "\"\"", "null", "{", "{\"a\"", "{\"a\":\"b\"", "{\"a\":\"b\",", "{\"a\":\"b\",}", "{,}",
        "{\"a\":1}", "{\"a\":null}",
        "{\"a\":{}}", "{\"a\":[\"b\"]}", "{} x", "{\"a\":\"b\"}{", "{\"a\":\"\\x\"}", "{\"a\\ud800\":\"b\"}",
        "{\"a\":\"b\" \"c\":\"d\"}",
        "{\"a\":\"b\"]", "{a:\"b\"}",
    ])
    func `Anything but one object of strings is malformed`(text: String) {
        #expect(throws: FormatError.self) { try walk(text) }
    }

    @Test func `After the last member there is none, however often one asks`() throws {
        let payload = JSONTestPayload(Array("{\"a\":\"b\"}".utf8))
        var members = try JSONStringMembers(payload.bytes)
        #expect(try members.next() != nil)
        #expect(try members.next() == nil)
        #expect(try members.next() == nil)
    }

    private func walk(_ text: String) throws -> [String] {
        let payload = JSONTestPayload(Array(text.utf8))
        var members = try JSONStringMembers(payload.bytes)
        var seen: [String] = []
        while let member = try members.next() {
            let key = String(decoding: payload.bytes[member.key], as: UTF8.self)
            let value = String(decoding: payload.bytes[member.value], as: UTF8.self)
            seen.append("\(key)=\(value)")
        }
        return seen
    }
}
