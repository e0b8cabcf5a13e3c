import Formats
import Records
import Testing

/// The scanner beside a reference parser, on seeded random texts.
@Suite struct JSONPropertyTests {
    @Test(arguments: 0..<20 as Range<UInt64>)
    func `A scan finds what the paths' definition finds, and mismatches where it does`(block: UInt64) throws {
        let scanner = JSONFieldScanner()
        for seed in (block * 100)..<(block * 100 + 100) {
            var document = JSONTestDocument(seed: seed)
            let text = document.text()
            let node = try #require(JSONReference.parse(text), "seed \(seed) is no JSON to the reference")
            for _ in 0..<3 { compare(text, node, document.paths(in: node), scanner, seed: seed) }
        }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `A changed text is accepted just where the reference accepts it`(block: UInt64) {
        let scanner = JSONFieldScanner()
        for seed in (block * 100)..<(block * 100 + 100) {
            var document = JSONTestDocument(seed: seed)
            let text = document.text()
            for _ in 0..<5 {
                let changed = document.mutated(text)
                let node = JSONReference.parse(changed)
                #expect(accepts(changed) == (node != nil), "seed \(seed): \(printable(changed))")
                #expect(readerAccepts(changed) == (node != nil), "seed \(seed): \(printable(changed))")
                if let node { compare(changed, node, document.paths(in: node), scanner, seed: seed) }
            }
        }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `Any text cut short is malformed`(seed: UInt64) {
        var document = JSONTestDocument(seed: 10_000 + seed)
        let text = Array("{\"a\":".utf8) + document.text() + Array("}".utf8)
        #expect(accepts(text))
        for count in 0..<text.count {
            #expect(scanError(Array(text[..<count]))?.kind == .malformed, "seed \(seed), \(count) bytes")
            #expect(scanError(Array(text[..<count]), "a") != nil, "seed \(seed), \(count) bytes, with a path")
        }
    }

    @Test func `Random bytes are judged as the reference judges them`() {
        var random = JSONTestRandom(seed: 77)
        let alphabet = Array("{}[]\",:\\u0019ntrfalse.-+eE \u{e9}".utf8)
        for _ in 0..<5_000 {
            let text = (0..<Int.random(in: 0...24, using: &random)).map { _ in
                random.chance(5) ? UInt8.random(in: 0...255, using: &random) : alphabet.randomElement(using: &random)!
            }
            #expect(accepts(text) == (JSONReference.parse(text) != nil), "\(printable(text))")
        }
    }

    private func compare(
        _ text: [UInt8], _ node: JSONReference.Node, _ paths: [FieldPath], _ scanner: JSONFieldScanner, seed: UInt64
    ) {
        let scan = Result { () throws(FormatError) in try JSONTestScan(text, paths, scanner: scanner) }
        let note: Comment = "seed \(seed), \(paths): \(printable(text))"
        do {
            let expected = try JSONReference.find(paths, in: node)
            let actual = try scan.get()
            #expect(actual == expected, note)
        } catch let mismatch as JSONReference.Mismatch {
            guard case .failure(let error) = scan else {
                Issue.record("no mismatch; \(note)")
                return
            }
            #expect(error.kind == .pathMismatch && error.offset == mismatch.offset, note)
            #expect(error.rule.map { mismatch.rules.contains($0) } == true, note)
            #expect(scanner.matches.isEmpty, note)
        } catch {
            Issue.record("\(error); \(note)")
        }
    }

    private func accepts(_ text: [UInt8]) -> Bool {
        (try? JSONTestScan(text, [])) != nil
    }

    private func readerAccepts(_ text: [UInt8]) -> Bool {
        let payload = JSONTestPayload(text)
        do throws(FormatError) {
            var reader = try JSONReader(payload.bytes)
            try reader.skipValue()
            try reader.expectEnd()
            return true
        } catch {
            return false
        }
    }

    private func printable(_ text: [UInt8]) -> String {
        text.map { (0x20..<0x7F).contains($0) ? String(Unicode.Scalar($0)) : "<\(String($0, radix: 16))>" }.joined()
    }
}
