import Testing

@testable import KeyManagement

@Suite struct JSONReplyTests {
    private func find(_ path: [JSONReply.Step], in text: String) throws -> String? {
        try Array(text.utf8).withUnsafeBytes { bytes in
            try JSONReply.string(at: path, in: bytes).map { String(decoding: $0, as: UTF8.self) }
        }
    }

    private let plaintext: [JSONReply.Step] = [.member("data"), .member("plaintext")]

    @Test(arguments: [
        (#"{"data":{"plaintext":"AA=="}}"#, "AA=="),
        (
            #" { "auth" : null, "data" : { "x" : [1, -2.5e+3, {"plaintext": "no"}], "plaintext" : "YES" } , "t" : true } "#,
            "YES"
        ),
        (#"{"data":{"plaintext":""}}"#, ""),
        (#"{"data":{"plaintext":"a\"b\\\u00e9"}}"#, #"a\"b\\\u00e9"#),
        (#"{"plaintext":"no","data":{"plaintext":"yes"}}"#, "yes"),
    ])
    func aStringIsFoundWhereItsPathLeads(text: String, expected: String) throws {
        #expect(try find(plaintext, in: text) == expected)
    }

    @Test func anElementOfAListIsFound() throws {
        #expect(try find([.member("errors"), .element(1)], in: #"{"errors":["a","b"]}"#) == "b")
        #expect(try find([.member("errors"), .element(2)], in: #"{"errors":["a","b"]}"#) == nil)
    }

    @Test(arguments: [
        "{}", "[]", "null", "1", #""data""#, #"{"data":null}"#, #"{"data":"plaintext"}"#, #"{"data":{"plaintext":1}}"#,
        #"{"data":{"plaintext":["AA=="]}}"#, #"{"data":[{"plaintext":"AA=="}]}"#, #"{"Data":{"plaintext":"AA=="}}"#,
    ])
    func anotherShapeHasNoSuchString(text: String) throws {
        #expect(try find(plaintext, in: text) == nil)
    }

    @Test(arguments: [
        "", " ", "{", "}", "{]", "[}", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, "[1,]", "[,1]", "{,}", #"{"a":1 "b":2}"#,
        #"{a:1}"#,
        "{'a':1}", "tru", "nul", "+1", "01", "1.", ".5", "1e", "-", "--1", "NaN", #""abc"#, #""\x""#, #""\u12""#,
        #""\u12g4""#, "\"a\nb\"", "1 2", #"{"data":{"plaintext":"x"}}}"#, "<html>", "\u{FEFF}{}",
        #"{"data":{"plaintext":"x"},"data":{"plaintext":"y"}}"#, #"{"data":{"plaintext":"x","plaintext":"y"}}"#,
    ])
    func whatIsNoJSONOrNamesAMemberTwiceIsRefused(text: String) {
        #expect(throws: JSONReply.Malformed.self) { try find(plaintext, in: text) }
    }

    @Test func nestingIsBounded() throws {
        let allowed = JSONReply.maximumDepth
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(try find(plaintext, in: nested(allowed)) == nil)
        #expect(throws: JSONReply.Malformed.self) { try find(plaintext, in: nested(allowed + 1)) }
        #expect(throws: JSONReply.Malformed.self) { try find(plaintext, in: String(repeating: "[", count: 60_000)) }
        #expect(throws: JSONReply.Malformed.self) {
            try find(plaintext, in: String(repeating: #"{"a":"#, count: 10_000))
        }
    }

    @Test func everyCutOfAReplyIsRefused() {
        let whole = #"{"data":{"n":[1,2.5e3,true,null,"\u00e9"],"plaintext":"AAAA"}}"#
        for length in 0..<whole.utf8.count {
            #expect(throws: JSONReply.Malformed.self) { try find(plaintext, in: String(whole.prefix(length))) }
        }
    }
}
