import AvroCases
import Records
import Testing

@testable import Formats

@Suite struct AvroFieldScannerTests {
    private static func plan(_ schema: String, _ paths: [String] = []) throws -> AvroPlan {
        try AvroPlan(schema: AvroSchema(parsing: schema), paths: paths.map { try FieldPath(parsing: $0) })
    }

    private static func record(_ fields: String...) -> String {
        let members = fields.enumerated().map { #"{"name":"\#("abcdefgh".map(String.init)[$0])","type":\#($1)}"# }
        return #"{"type":"record","name":"R","fields":[\#(members.joined(separator: ","))]}"#
    }

    static let array = #"{"type":"array","items":"int"}"#
    static let strings = #"{"type":"array","items":"string"}"#
    static let map = #"{"type":"map","values":"string"}"#

    @Test(
        "A payload that is not one datum of the schema is malformed",
        arguments: [
            (#""boolean""#, [2]), (#""boolean""#, []), (#""int""#, []), (#""int""#, [0x80]),
            (#""int""#, [0xFF, 0xFF, 0xFF, 0xFF, 0x10]), (#""int""#, [0x80, 0x80, 0x80, 0x80, 0x80, 0x00]),
            (#""long""#, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02]),
            (#""long""#, [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00]),
            (#""float""#, [0, 0, 0]), (#""double""#, [0, 0, 0, 0, 0, 0, 0]), (#""int""#, [2, 2]),
            (#""bytes""#, [1]), (#""bytes""#, [4, 0]), (#""string""#, [2, 0xFF]), (#""string""#, [4, 0xC0, 0x80]),
            (#""string""#, [6, 0xED, 0xA0, 0x80]), (#""string""#, [0xFF, 0xFF, 0xFF, 0xFF, 0x0F]),
            (
                #""bytes""#, [0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]
            ),
            (#"["null","int"]"#, [4]), (#"["null","int"]"#, [1]), (#"["null","int"]"#, [2]), ("[]", [0]),
            (#"{"type":"enum","name":"E","symbols":["A"]}"#, [2]),
            (#"{"type":"enum","name":"E","symbols":["A"]}"#, [1]),
            (#"{"type":"fixed","name":"F","size":2}"#, [0]),
            (array, [2, 0]), (array, [2]), (array, [0x7E, 0]), (array, [1, 4, 0, 0]), (array, [1, 0, 0, 0]),
            (array, [1, 1, 0, 0]), (array, [1, 0x7E, 0, 0]),
            (array, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 0]),
            (map, [2, 2, 0xFF, 0, 0]), (map, [2, 2, 0x61]), (map, [4, 0, 0]),
            (#"{"type":"array","items":"null"}"#, [0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 0]),
            (#""null""#, [0]),
        ] as [(String, [UInt8])])
    func malformed(schema: String, payload: [UInt8]) throws {
        let plan = try Self.plan(schema)
        let error = try #require(throws: FormatError.self) {
            try AvroScan(payload, plan: plan, scanner: AvroFieldScanner())
        }
        #expect(error.kind == .malformed)
    }

    @Test(
        "An odd but legal encoding is read",
        arguments: [
            (#""int""#, [0x80, 0x00]), (#""int""#, [0xFF, 0xFF, 0xFF, 0xFF, 0x0F]),
            (#""long""#, [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00]),
            (#""long""#, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]),
            (#""string""#, [0x82, 0x00, 0x61]), (#"["null","int"]"#, [0x82, 0x00, 2]),
            (array, [2, 2, 4, 4, 6, 0]), (array, [3, 4, 2, 4, 2, 6, 0]), (array, [1, 0x82, 0x00, 2, 0x80, 0x00]),
            (map, [4, 2, 0x61, 0, 2, 0x61, 0, 0]), (#""null""#, []),
            (#"{"type":"array","items":"null"}"#, [0x80, 0x80, 0x08, 0]),
        ] as [(String, [UInt8])])
    func legal(schema: String, payload: [UInt8]) throws {
        let plan = try Self.plan(schema)
        #expect(try AvroScan(payload, plan: plan, scanner: AvroFieldScanner()).matches.isEmpty)
    }

    @Test(
        "A record that could not be restored byte for byte is refused with its rule",
        arguments: [
            ([map], "a.*", [4, 2, 0x61, 0, 2, 0x61, 0, 0]),
            ([map], "a.b", [2, 2, 0x61, 0, 2, 2, 0x61, 0, 0]),
            ([#""string""#], "a", [0x82, 0x00, 0x61]),
            ([strings], "a[*]", [1, 0x84, 0x00, 2, 0x61, 0]),
            ([#"{"type":"array","items":\#(strings)}"#], "a[*][*]", [1, 0x88, 0x00, 2, 2, 0x61, 0, 0]),
        ] as [([String], String, [UInt8])])
    func refused(fields: [String], path: String, payload: [UInt8]) throws {
        let plan = try Self.plan(Self.record(fields[0]), [path])
        let error = try #require(throws: FormatError.self) {
            try AvroScan(payload, plan: plan, scanner: AvroFieldScanner())
        }
        #expect(error.kind == .refused)
        #expect(error.rule == 0)
    }

    @Test("Equal keys in different maps are no duplicates")
    func equalKeys() throws {
        let plan = try Self.plan(Self.record(#"{"type":"map","values":\#(Self.map)}"#), ["a.*.*"])
        let inner: [UInt8] = [2, 2, 0x61, 2, 0x7A, 0]
        let scan = try AvroScan(
            [4, 2, 0x61] + inner + [2, 0x62] + inner + [0], plan: plan, scanner: AvroFieldScanner())
        #expect(scan.matches.map(\.path) == ["a.a.a", "a.b.a"])
    }

    @Test("A map of many keys is checked for duplicates however large it is, record after record")
    func manyKeys() throws {
        let plan = try Self.plan(Self.record(Self.map), ["a.*"])
        let scanner = AvroFieldScanner()
        var entries: [UInt8] = []
        for number in 0..<2_000 {
            let key = Array("\(number)".utf8)
            entries += AvroVarint.bytes(Int64(key.count)) + key + [0]
        }
        for _ in 0..<3 {
            let scan = try AvroScan(AvroVarint.bytes(2_000) + entries + [0], plan: plan, scanner: scanner)
            #expect(scan.matches.count == 2_000)
            #expect(throws: FormatError.self) {
                try AvroScan(
                    AvroVarint.bytes(2_001) + entries + [6, 0x39, 0x39, 0x39, 0, 0], plan: plan, scanner: scanner)
            }
        }
    }

    @Test("A string's match is its text, another type's its encoding, and the union's index stays outside")
    func contents() throws {
        let plan = try Self.plan(Self.record(#"["null","string","int"]"#, #"["null","long"]"#), ["a", "b"])
        let scanner = AvroFieldScanner()
        let text = try AvroScan([2, 4, 0x68, 0x69, 2, 0x80, 0x01], plan: plan, scanner: scanner)
        #expect(text.contents == [[0x68, 0x69], [0x80, 0x01]])
        #expect(text.matches.map(\.placement) == [.inline, .header])
        #expect(text.matches.map(\.typeName) == ["string", "long"])
        #expect(scanner.matches.map(\.token) == [1..<4, 5..<7])
        let number = try AvroScan([4, 6, 0], plan: plan, scanner: scanner)
        #expect(number.contents == [[6]])
        #expect(number.matches.map(\.placement) == [.header])
        #expect(number.matches.map(\.typeName) == ["int"])
    }

    @Test("Concrete paths are spelled canonically, at the root of a map and of an array too")
    func paths() throws {
        let mapPlan = try Self.plan(#"{"type":"map","values":\#(Self.strings)}"#, ["*[*]"])
        let payload: [UInt8] = [4, 2, 0x61, 4, 0, 0, 0, 6, 0x62, 0x2E, 0x63, 2, 0, 0, 0]
        #expect(
            try AvroScan(payload, plan: mapPlan, scanner: AvroFieldScanner()).matches.map(\.path)
                == ["a[0]", "a[1]", #""b.c"[0]"#])
        let arrayPlan = try Self.plan(#"{"type":"array","items":\#(Self.record(#""string""#))}"#, ["[*].a"])
        #expect(
            try AvroScan([2, 0, 2, 0, 0], plan: arrayPlan, scanner: AvroFieldScanner()).matches.map(\.path)
                == ["[0].a", "[1].a"])
    }

    @Test("An index counts on over an array's blocks, and elements with rules of their own keep the common ones")
    func indices() throws {
        let element = Self.record(#""string""#, #""string""#)
        let plan = try Self.plan(#"{"type":"array","items":\#(element)}"#, ["[2].a", "[*].b"])
        let scan = try AvroScan([4, 0, 0, 0, 0, 1, 4, 0, 0, 2, 0, 0, 0], plan: plan, scanner: AvroFieldScanner())
        #expect(scan.matches.map(\.path) == ["[0].b", "[1].b", "[2].a", "[2].b", "[3].b"])
        #expect(scan.matches.map(\.rule) == [1, 1, 0, 1, 1])
    }

    @Test("Values without bytes are matched, and so many of them that a count alone could fill memory are refused")
    func emptyValues() throws {
        let plan = try Self.plan(
            #"{"type":"array","items":{"type":"fixed","name":"F","size":0}}"#, ["[*]"])
        let scan = try AvroScan([6, 0], plan: plan, scanner: AvroFieldScanner())
        #expect(scan.matches.map(\.path) == ["[0]", "[1]", "[2]"])
        #expect(throws: FormatError.self) {
            try AvroScan([0x80, 0x80, 0x80, 0x01, 0], plan: plan, scanner: AvroFieldScanner())
        }
    }

    @Test("Nesting is read to 512 levels and refused beyond")
    func depth() throws {
        let plan = try Self.plan(Self.record(#"["null","R"]"#))
        for (levels, fits) in [(512, true), (513, false), (1_000_000, false)] {
            let payload = [UInt8](repeating: 2, count: levels - 1) + [0]
            let scan = try? AvroScan(payload, plan: plan, scanner: AvroFieldScanner())
            #expect((scan != nil) == fits)
        }
        let deepArrays = try Self.plan(Self.record(#"{"type":"array","items":"R"}"#))
        #expect(throws: FormatError.self) {
            try AvroScan([UInt8](repeating: 2, count: 100_000), plan: deepArrays, scanner: AvroFieldScanner())
        }
    }

    @Test("Long keys above many fields can't make the paths outgrow memory")
    func longPaths() throws {
        let plan = try Self.plan(#"{"type":"map","values":\#(Self.strings)}"#, ["*[*]"])
        let key = AvroVarint.bytes(100_000) + [UInt8](repeating: 0x61, count: 100_000)
        let payload = [2] + key + AvroVarint.bytes(100_000) + [UInt8](repeating: 0, count: 100_000) + [0, 0]
        let error = try #require(throws: FormatError.self) {
            try AvroScan(payload, plan: plan, scanner: AvroFieldScanner())
        }
        #expect(error.kind == .refused)
    }

    @Test("The byte sizes of nested blocks grow and shrink with what they hold")
    func nestedBlocks() throws {
        let plan = try Self.plan(#"{"type":"array","items":\#(Self.strings)}"#, ["[*][*]"])
        let scanner = AvroFieldScanner()
        // One sized block with one element, a sized block with one string of one byte.
        let payload: [UInt8] = [1, 10, 1, 4, 2, 0x61, 0, 0]
        _ = try AvroScan(payload, plan: plan, scanner: scanner)
        let text = [UInt8](repeating: 0x62, count: 61)
        let spliced = AvroScan.splice(payload, scanner: scanner, replacements: [text])
        #expect(spliced == [1, 0x82, 0x01, 1, 0x7C, 0x7A] + text + [0, 0])
        _ = try AvroScan(spliced, plan: plan, scanner: scanner)
        #expect(AvroScan.splice(spliced, scanner: scanner, replacements: [[0x61]]) == payload)
    }

    @Test("Text is UTF-8 just where the standard library says so")
    func text() {
        var random = AvroRandom(seed: 3)
        let leads: [UInt8] = [0x41, 0x80, 0xBF, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xED, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5, 0xFF]
        let others: [UInt8] = [0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0]
        var valid = 0
        for round in 0..<60_000 {
            var bytes = [UInt8](repeating: 0x61, count: round % 9)
            bytes.append(leads.randomElement(using: &random) ?? 0)
            for _ in 0..<(random.next() % 4) { bytes.append(others.randomElement(using: &random) ?? 0) }
            let expected = String(validating: bytes, as: UTF8.self) != nil
            let found = bytes.withUnsafeBufferPointer {
                AvroText.isValid(
                    $0.baseAddress.unsafelyUnwrapped, count: $0.count,
                    limit: $0.baseAddress.unsafelyUnwrapped + $0.count)
            }
            #expect(found == expected)
            valid += expected ? 1 : 0
        }
        #expect(valid > 1_000)
    }
}
