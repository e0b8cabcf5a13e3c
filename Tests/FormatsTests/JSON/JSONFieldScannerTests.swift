import Formats
import Records
import Testing

/// Which fields paths find.
@Suite struct JSONFieldScannerTests {
    @Test(arguments: [
        ("\"x\"", "\"x\""), ("\"a\\u0041\\n\"", "\"a\\u0041\\n\""), ("-1.50e+2", "-1.50e+2"), ("true", "true"),
        ("false", "false"), ("[ 1, 2 ]", "[ 1, 2 ]"), ("{ \"b\" : {} }", "{ \"b\" : {} }"), ("\"\"", "\"\""),
        ("{}", "{}"),
    ])
    func `A match is the exact bytes of the value's token`(value: String, token: String) throws {
        #expect(try fields("{\"a\": \(value) , \"z\":0}", "a") == ["a=\(token)"])
    }

    @Test func `A null field is no match`() throws {
        #expect(try fields("{\"a\":null,\"b\":1}", "a", "b") == ["b=1"])
    }

    @Test func `Every duplicate of a key is a match`() throws {
        #expect(try fields("{\"a\":1,\"b\":0,\"a\":\"x\",\"a\":null,\"a\":[]}", "a") == ["a=1", "a=\"x\"", "a=[]"])
        #expect(try fields("{\"o\":{\"a\":1},\"o\":{\"a\":2}}", "o.a") == ["o.a=1", "o.a=2"])
    }

    @Test(arguments: [
        "\\u0073sn", "s\\u0073\\u006E", "\\u0073\\u0073\\u006e", "ss\\u006e",
    ])
    func `A key that is spelled with escapes is the key it stands for`(key: String) throws {
        #expect(try fields("{\"\(key)\":1,\"ss\\\\u006e\":2}", "ssn") == ["ssn=1"])
    }

    @Test func `Keys are compared whole, byte by byte`() throws {
        let text = """
            {"s":0,"ss":0,"ssn":1,"ssn ":0,"SSN":0,"ssn\\u0000":0,"":2,"abcdefgh":3,"abcdefghi":4,"abcdefghj":0,"é":5,"e\u{301}":0}
            """
        #expect(
            try fields(text, "ssn", "\"\"", "abcdefgh", "abcdefghi", "\"é\"")
                == ["ssn=1", "\"\"=2", "abcdefgh=3", "abcdefghi=4", "\"é\"=5"])
    }

    @Test func `Matches come in the payload's order and name their rule`() throws {
        let paths = try ["a", "b", "c.d"].map { try FieldPath(parsing: $0) }
        let scan = try JSONTestScan(Array("{\"c\":{\"d\":1},\"b\":2,\"a\":3}".utf8), paths)
        #expect(scan.found.map(\.rule) == [2, 1, 0])
    }

    @Test func `A nested key is found and others around it are not`() throws {
        #expect(
            try fields("{\"b\":9,\"a\":{\"x\":{\"b\":8},\"b\":{\"c\":1}},\"c\":7}", "a.b.c") == ["a.b.c=1"])
    }

    @Test func `An index finds one element, and none beyond the end`() throws {
        #expect(try fields("{\"l\":[10,11,12]}", "l[0]", "l[2]", "l[3]") == ["l[0]=10", "l[2]=12"])
        #expect(try fields("{\"l\":[]}", "l[0]") == [])
        #expect(try fields("[[1,2],[3]]", "[1][0]", "[0][1]") == ["[0][1]=2", "[1][0]=3"])
    }

    @Test func `Every element of a list is found with its own path`() throws {
        #expect(
            try fields(
                "{\"banks\":[{\"iban\":\"A\"},{\"x\":1},null,{\"iban\":null},{\"iban\":\"B\",\"iban\":\"C\"}]}",
                "banks[*].iban")
                == ["banks[0].iban=\"A\"", "banks[4].iban=\"B\"", "banks[4].iban=\"C\""])
        #expect(
            try fields("[\(Array(repeating: "7", count: 12).joined(separator: ","))]", "[*]").suffix(2) == [
                "[10]=7", "[11]=7",
            ])
    }

    @Test func `Every member of an object is found with its own path, spelled canonically`() throws {
        let text =
            #"{"labels":{"a":1,"b.c":2,"\u0061b":3,"q\"\\\/\b\f\n\r\t\u001F":4,"\u00e9":5,"":6,"n":null,"0":7,"_-9":8}}"#
        #expect(
            try fields(text, "labels.*") == [
                "labels.a=1", "labels.\"b.c\"=2", "labels.ab=3", #"labels."q\"\\/\b\f\n\r\t\u001f"=4"#,
                "labels.\"é\"=5",
                "labels.\"\"=6", "labels.\"0\"=7", "labels._-9=8",
            ])
        #expect(try fields("{\"a\":1,\"b c\":2}", "*") == ["a=1", "\"b c\"=2"])
    }

    @Test func `A path without wildcards is spelled canonically however the payload spells its keys`() throws {
        #expect(try fields("{\"\\u0061\":{\"b\\u002ec\":[0,1]}}", "a.\"b.c\"[1]") == ["a.\"b.c\"[1]=1"])
    }

    @Test func `A wildcard and a named key that share a prefix are both followed`() throws {
        #expect(
            try fields("{\"m\":{\"a\":{\"x\":1,\"y\":2},\"b\":{\"x\":3,\"y\":4}}}", "m.*.x", "m.a.y")
                == ["m.a.x=1", "m.a.y=2", "m.b.x=3"])
        #expect(
            try fields("{\"l\":[{\"x\":1,\"y\":2},{\"x\":3,\"y\":4}]}", "l[*].x", "l[1].y")
                == ["l[0].x=1", "l[1].x=3", "l[1].y=4"])
        #expect(
            try fields(
                "{\"a\":{\"p\":{\"x\":1,\"y\":2,\"z\":3}},\"b\":{\"p\":{\"x\":4,\"z\":5},\"q\":{\"x\":6}}}", "*.*.x",
                "a.*.y", "*.p.z")
                == ["a.p.x=1", "a.p.y=2", "a.p.z=3", "b.p.x=4", "b.p.z=5", "b.q.x=6"])
    }

    @Test func `Nothing inside a sealed container is matched, but all of it is validated`() throws {
        #expect(try fields("{\"a\":{\"a\":1,\"b\":[{\"a\":2}]}}", "a") == ["a={\"a\":1,\"b\":[{\"a\":2}]}"])
        #expect(scanError(Array("{\"a\":{\"a\":01}}".utf8), "a")?.kind == .malformed)
    }

    @Test(arguments: [
        ("a.b", "{\"a\":1}"), ("a.b", "{\"a\":\"x\"}"), ("a.b", "{\"a\":true}"), ("a.b", "{\"a\":[]}"),
        ("a.b", "{\"a\":[{\"b\":1}]}"), ("l[0].x", "{\"l\":{}}"), ("l[0].x", "{\"l\":1}"),
        ("l[*].x", "{\"l\":{\"x\":1}}"),
        ("l[*].x", "{\"l\":\"x\"}"), ("l[*].x", "{\"l\":[1]}"), ("l[*].x", "{\"l\":[{},[]]}"), ("m.*", "{\"m\":[]}"),
        ("m.*", "{\"m\":false}"), ("m.*.x", "{\"m\":{\"a\":1}}"), ("a", "1"), ("a", "\"a\""), ("a", "[]"), ("a", "[1]"),
        ("*", "[]"), ("[0]", "{}"), ("[*]", "{}"), ("[*]", "true"), ("l[0]", "{\"l\":{\"0\":1}}"),
        ("a.\"0\"", "{\"a\":[1]}"),
    ])
    func `A path that meets another kind of value is a mismatch`(path: String, text: String) {
        #expect(scanError(Array(text.utf8), "other.field", path)?.kind == .pathMismatch)
        #expect(scanError(Array(text.utf8), path)?.rule == 0)
    }

    @Test func `A mismatch names where and a rule that goes on there`() {
        let error = scanError(Array("{\"z\":1,\"a\":{\"b\": 7}}".utf8), "z", "a.b.c", "a.d")
        #expect(error?.kind == .pathMismatch)
        #expect(error?.offset == 17)
        #expect(error?.rule == 1)
        #expect(scanError(Array("{\"a\":[]}".utf8), "a[0]", "a.b")?.rule == 1)
        #expect(scanError(Array("{\"a\":{}}".utf8), "a[0]", "a.b")?.rule == 0)
    }

    @Test(arguments: [
        ("a.b", "{\"a\":null}"), ("a.b", "{}"), ("a.b", "{\"a\":{}}"), ("a.b.c", "{\"a\":{\"b\":null}}"),
        ("l[0].x", "{\"l\":null}"),
        ("l[*].x", "{\"l\":[null,{}]}"), ("m.*", "{\"m\":null}"), ("m.*.x", "{\"m\":{\"a\":null}}"), ("a", "null"),
        ("[0]", " null "), ("*", "{}"), ("[*]", "[]"), ("l[5].x", "{\"l\":[{\"x\":1}]}"),
    ])
    func `What is absent or null on the way is no match and no error`(path: String, text: String) throws {
        #expect(try fields(text, path) == [])
    }

    @Test func `A plan without paths accepts any valid text`() throws {
        for text in ["1", "[]", "{\"a\":1}", "null", "\"x\""] { #expect(try fields(text) == []) }
        #expect(scanError([])?.kind == .malformed)
        #expect(JSONPlan(paths: []).ruleCount == 0)
    }

    @Test func `A payload without memory is malformed`() {
        let scanner = JSONFieldScanner()
        let plan = JSONPlan(paths: [])
        #expect(throws: FormatError.self) {
            try scanner.scan(UnsafeRawBufferPointer(start: nil, count: 0), plan: plan)
        }
    }

    @Test func `A scanner is used again with another plan, and holds nothing of a failed scan`() throws {
        let scanner = JSONFieldScanner()
        let first = [try FieldPath(parsing: "l[*].x"), try FieldPath(parsing: "b")]
        let second = [try FieldPath(parsing: "longer.\"x y\"")]
        let text = Array("{\"l\":[{\"x\":1}],\"b\":2,\"longer\":{\"x y\":3}}".utf8)
        for _ in 0..<3 {
            #expect(
                try JSONTestScan(text, first, scanner: scanner).found.map(\.path) == ["l[0].x", "b"])
            #expect(throws: FormatError.self) { try JSONTestScan(text + [1], first, scanner: scanner) }
            #expect(scanner.matches.isEmpty)
            #expect(try JSONTestScan(text, second, scanner: scanner).found.map(\.path) == ["longer.\"x y\""])
        }
    }

    @Test func `The paths of one scan do not pile up on those of the scans before`() throws {
        let scanner = JSONFieldScanner()
        let plan = JSONPlan(paths: [try FieldPath(parsing: "l[*]"), try FieldPath(parsing: "b")])
        let payload = JSONTestPayload(Array("{\"l\":[1,2],\"b\":2}".utf8))
        try scanner.scan(payload.bytes, plan: plan)
        let count = scanner.paths.count
        for _ in 0..<3 { try scanner.scan(payload.bytes, plan: plan) }
        #expect(scanner.paths.count == count)
    }

    @Test func `More matches than a scanner first has room for are all kept`() throws {
        let elements = (0..<1_000).map { "{\"x\":\($0)}" }.joined(separator: ",")
        let expected = (0..<1_000).map { "[\($0)].x=\($0)" }
        #expect(try fields("[\(elements)]", "[*].x") == expected)
    }

    @Test func `Paths that would take more than 64 MiB together are refused`() throws {
        let key = String(repeating: "k", count: 1 << 20)
        let elements = { (count: Int) in Array(repeating: "1", count: count).joined(separator: ",") }
        #expect(try fields("{\"\(key)\":[\(elements(63))]}", "*[*]").count == 63)
        let error = scanError(Array("{\"\(key)\":[\(elements(64))]}".utf8), "*[*]")
        #expect(error?.kind == .refused)
        #expect(error?.rule == 0)
    }
}
