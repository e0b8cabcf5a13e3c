import Formats
import Records
import Testing

/// Plans beyond the ordinary.
@Suite struct JSONPlanTests {
    @Test func `Paths that overlap are no crash: the outer one wins, of equal ones the first`() throws {
        #expect(try fields("{\"a\":{\"b\":1}}", "a.b", "a") == ["a={\"b\":1}"])
        #expect(try fields("{\"a\":{\"b\":1},\"c\":2}", "*", "a.b", "a") == ["a={\"b\":1}", "c=2"])
        for other in ["a", "*"] {
            let paths = [try FieldPath(parsing: "a"), try FieldPath(parsing: other)]
            #expect(try JSONTestScan(Array("{\"a\":1}".utf8), paths).found.map(\.rule) == [0])
            #expect(try JSONTestScan(Array("{\"a\":1}".utf8), paths.reversed()).found.map(\.rule) == [0])
        }
    }

    @Test func `Hundreds of keys beside each other are each found`() throws {
        let keys = (0..<500).map { "field_with_a_long_common_beginning_\($0)" } + (0..<500).map { "f\($0)" }
        let text = "{" + keys.map { "\"\($0)\":\"\($0)\",\"\($0)_\":0" }.joined(separator: ",") + "}"
        let scan = try JSONTestScan(Array(text.utf8), try keys.map { try FieldPath(parsing: $0) })
        #expect(scan.found.map(\.path) == keys)
        #expect(scan.found.map(\.rule) == Array(0..<1_000))
    }

    @Test func `A path as deep as paths may be is found`() throws {
        let depth = FieldPath.maximumSegments
        let path = FieldPath(segments: Array(repeating: .anyValue, count: depth))
        let text = String(repeating: "{\"a\":", count: depth) + "1" + String(repeating: "}", count: depth)
        let expected = Array(repeating: "a", count: depth).joined(separator: ".")
        #expect(try JSONTestScan(Array(text.utf8), [path]).found.map(\.path) == [expected])
    }

    @Test func `A path deeper than containers may be is no crash`() throws {
        let path = FieldPath(segments: Array(repeating: .index(0), count: 2_000))
        let text = String(repeating: "[", count: 512) + String(repeating: "]", count: 512)
        #expect(try JSONTestScan(Array(text.utf8), [path]).found == [])
        #expect(throws: FormatError.self) { try JSONTestScan(Array("[\(text)]".utf8), [path]) }
    }

    @Test func `Wildcards that combine without end make a plan that refuses every scan`() throws {
        // Each path names `a` at one level and then its own end, so every subset of them is a state.
        let count = 40
        let paths = (0..<count).map { level in
            var segments = [FieldPath.Segment](repeating: .anyValue, count: count)
            segments[level] = .key(Array("a".utf8))
            return FieldPath(segments: segments + [.key(Array("end\(level)".utf8))])
        }
        let plan = JSONPlan(paths: paths)
        #expect(plan.isOversized)
        let payload = JSONTestPayload(Array("{}".utf8))
        #expect(throws: FormatError(.refused, at: 0, "the wildcards of the configured paths combine in too many ways"))
        {
            try JSONFieldScanner().scan(payload.bytes, plan: plan)
        }
        #expect(!JSONPlan(paths: Array(paths.prefix(6))).isOversized)
    }

    @Test func `A plan is shared by scanners on several threads`() async throws {
        let plan = JSONPlan(paths: [try FieldPath(parsing: "l[*]")])
        let counts = await withTaskGroup(of: Int.self) { group in
            for count in 1...4 {
                group.addTask {
                    let scanner = JSONFieldScanner()
                    let text = "{\"l\":[" + Array(repeating: "1", count: count).joined(separator: ",") + "]}"
                    let payload = JSONTestPayload(Array(text.utf8))
                    for _ in 0..<100 { try? scanner.scan(payload.bytes, plan: plan) }
                    return scanner.matches.count
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(counts.sorted() == [1, 2, 3, 4])
    }
}
