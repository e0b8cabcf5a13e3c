import AvroCases
import Records
import Testing

@testable import Formats

@Suite struct AvroPlaceholderTests {
    /// A type, a value of it, what takes its place, and how fastavro prints that.
    struct Row: CustomTestStringConvertible {
        var type: String
        var value: [UInt8]
        var placeholder: [UInt8]
        var printed: String
        var testDescription: String { type }
    }

    static let stars = [UInt8](repeating: UInt8(ascii: "*"), count: 8)
    static let zeros = [UInt8](repeating: 0, count: 16)
    static let nilUUID = [72] + Array("00000000-0000-0000-0000-000000000000".utf8)
    static let someUUID = [72] + Array("0f8fad5b-d9cb-469f-a165-70867728950e".utf8)
    static let leastInt: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0x0F]
    static let leastLong: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]
    static let least = "1.401298464324817e-45"
    static let epoch = "datetime.datetime(1970, 1, 1, 0, 0"

    static let plain = [
        Row(type: #""int""#, value: [6], placeholder: leastInt, printed: "-2147483648"),
        Row(type: #""long""#, value: [6], placeholder: leastLong, printed: "-9223372036854775808"),
        Row(type: #""float""#, value: [0, 0, 0x80, 0x3F], placeholder: [1, 0, 0, 0], printed: least),
        Row(
            type: #""double""#, value: [0, 0, 0, 0, 0, 0, 0xF0, 0x3F],
            placeholder: [0, 0, 0, 0, 0, 0, 0xA0, 0x36], printed: least),
        Row(type: #""boolean""#, value: [1], placeholder: [0], printed: "False"),
        Row(type: #""bytes""#, value: [2, 9], placeholder: [16] + stars, printed: "b'********'"),
        Row(
            type: #"{"type":"fixed","name":"F","size":3}"#, value: [1, 2, 3], placeholder: Array(stars.prefix(3)),
            printed: "b'***'"),
        Row(
            type: #"{"type":"enum","name":"E","symbols":["A","B"]}"#, value: [2], placeholder: [0], printed: "'A'"),
        Row(type: #"{"type":"array","items":"int"}"#, value: [2, 8, 0], placeholder: [0], printed: "[]"),
        Row(
            type: #"{"type":"map","values":"int"}"#, value: [2, 2, 0x61, 8, 0], placeholder: [0], printed: "{}"),
    ]

    static let logical = [
        Row(
            type: #"{"type":"string","logicalType":"uuid"}"#, value: someUUID, placeholder: nilUUID,
            printed: "UUID('00000000-0000-0000-0000-000000000000')"),
        Row(
            type: #"{"type":"int","logicalType":"date"}"#, value: [6], placeholder: [0],
            printed: "datetime.date(1970, 1, 1)"),
        Row(
            type: #"{"type":"int","logicalType":"time-millis"}"#, value: [6], placeholder: [0],
            printed: "datetime.time(0, 0)"),
        Row(
            type: #"{"type":"long","logicalType":"time-micros"}"#, value: [6], placeholder: [0],
            printed: "datetime.time(0, 0)"),
        Row(
            type: #"{"type":"long","logicalType":"timestamp-millis"}"#, value: [6], placeholder: [0],
            printed: "\(epoch), tzinfo=datetime.timezone.utc)"),
        Row(
            type: #"{"type":"long","logicalType":"timestamp-micros"}"#, value: [6], placeholder: [0],
            printed: "\(epoch), tzinfo=datetime.timezone.utc)"),
        Row(
            type: #"{"type":"long","logicalType":"timestamp-nanos"}"#, value: [6], placeholder: [0],
            printed: "0"),
        Row(
            type: #"{"type":"long","logicalType":"local-timestamp-millis"}"#, value: [6], placeholder: [0],
            printed: "\(epoch))"),
        Row(
            type: #"{"type":"long","logicalType":"local-timestamp-micros"}"#, value: [6], placeholder: [0],
            printed: "\(epoch))"),
        Row(
            type: #"{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}"#, value: [2, 9],
            placeholder: [2, 0], printed: "Decimal('0.00')"),
        Row(
            type: #"{"type":"fixed","name":"D","size":4,"logicalType":"decimal","precision":9}"#,
            value: [1, 2, 3, 4], placeholder: Array(zeros.prefix(4)), printed: "Decimal('0')"),
        Row(
            type: #"{"type":"bytes","logicalType":"big-decimal"}"#, value: [6, 2, 9, 2], placeholder: [6, 2, 0, 0],
            printed: #"b'\x02\x00\x00'"#),
        Row(
            type: #"{"type":"fixed","name":"U","size":12,"logicalType":"duration"}"#,
            value: Array(stars + leastInt.prefix(4)),
            placeholder: Array(zeros.prefix(12)), printed: #"b'\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00'"#),
        Row(
            type: #"{"type":"fixed","name":"U","size":16,"logicalType":"uuid"}"#, value: stars + stars,
            placeholder: zeros,
            printed: #"b'\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00'"#),
    ]

    /// Logical types that Avro says to ignore.
    static let ignored = [
        Row(
            type: #"{"type":"int","logicalType":"shoe-size"}"#, value: [6], placeholder: leastInt,
            printed: "-2147483648"),
        Row(
            type: #"{"type":"long","logicalType":"date"}"#, value: [6], placeholder: leastLong,
            printed: "-9223372036854775808"),
        Row(
            type: #"{"type":"int","logicalType":"time-micros"}"#, value: [6], placeholder: leastInt,
            printed: "-2147483648"),
        Row(
            type: #"{"type":"fixed","name":"U","size":4,"logicalType":"duration"}"#, value: [1, 2, 3, 4],
            placeholder: Array(stars.prefix(4)), printed: "b'****'"),
    ]

    /// Logical types with attributes that Avro says to ignore, but fastavro does not.
    static let invalid = [
        Row(
            type: #"{"type":"bytes","logicalType":"decimal"}"#, value: [2, 9], placeholder: [16] + stars,
            printed: ""),
        Row(
            type: #"{"type":"bytes","logicalType":"decimal","precision":2,"scale":3}"#, value: [2, 9],
            placeholder: [16] + stars, printed: ""),
        Row(
            type: #"{"type":"fixed","name":"D","size":4,"logicalType":"decimal","precision":10}"#,
            value: [1, 2, 3, 4], placeholder: Array(stars.prefix(4)), printed: ""),
    ]

    static let nested = [
        Row(
            type: #"{"type":"record","name":"R","fields":[{"name":"s","type":"string"},{"name":"i","type":"int"}]}"#,
            value: [2, 0x61, 4], placeholder: [0] + leastInt, printed: "{'s': '', 'i': -2147483648}"),
        Row(
            type: #"{"type":"record","name":"R","fields":[{"name":"u","type":["int","null"]}]}"#,
            value: [0, 4], placeholder: [2], printed: "{'u': None}"),
        Row(
            type: #"{"type":"record","name":"R","fields":[{"name":"u","type":["boolean","int"]}]}"#,
            value: [2, 4], placeholder: [0, 0], printed: "{'u': False}"),
        Row(
            type: #"{"type":"record","name":"R","fields":[{"name":"next","type":["R","null"]}]}"#,
            value: [0, 2], placeholder: [2], printed: "{'next': None}"),
        Row(
            type: #"{"type":"record","name":"R","fields":[{"name":"next","type":["R","int"]}]}"#,
            value: [0, 2, 4], placeholder: [2] + leastInt, printed: "{'next': -2147483648}"),
        Row(
            type:
                #"{"type":"record","name":"R","fields":[{"name":"a","type":[{"type":"record","name":"S","fields":[{"name":"r","type":"R"}]},{"type":"array","items":"R"}]}]}"#,
            value: [2, 0], placeholder: [2, 0], printed: "{'a': []}"),
        Row(
            type: #"{"type":"record","name":"R","fields":[{"name":"d","type":{"type":"int","logicalType":"date"}}]}"#,
            value: [4], placeholder: [0], printed: "{'d': datetime.date(1970, 1, 1)}"),
    ]

    static func holder(_ type: String) -> String {
        #"{"type":"record","name":"Holder","fields":[{"name":"x","type":\#(type)}]}"#
    }

    private static func sealed(_ row: Row, type: String, value: [UInt8]) throws -> [UInt8] {
        let plan = try AvroPlan(schema: AvroSchema(parsing: holder(type)), paths: [FieldPath(parsing: "x")])
        let scanner = AvroFieldScanner()
        let scan = try AvroScan(value, plan: plan, scanner: scanner)
        #expect(
            scan.contents == [
                row.type.contains("uuid") && row.value.count == 37 ? Array(row.value.dropFirst()) : row.value
            ])
        var random = AvroRandom(seed: 0)
        return AvroScan.sealed(value, plan: plan, scanner: scanner, random: &random)
    }

    @Test("Every type has its placeholder", arguments: plain + logical + ignored + invalid + nested)
    func placeholder(row: Row) throws {
        #expect(try Self.sealed(row, type: row.type, value: row.value) == row.placeholder)
    }

    @Test("In a union the placeholder keeps the branch's index", arguments: plain + logical + nested)
    func placeholderInUnion(row: Row) throws {
        let sealed = try Self.sealed(row, type: #"["null",\#(row.type)]"#, value: [2] + row.value)
        #expect(sealed == [2] + row.placeholder)
    }

    @Test("Other libraries decode each placeholder, as the value it is meant to be")
    func judged() throws {
        let rows = Self.plain + Self.logical + Self.ignored + Self.nested
        let cases = rows.map { AvroJudge.Case(schema: Self.holder($0.type), data: [$0.placeholder], show: true) }
        for (row, verdict) in zip(rows, try AvroJudge.verdicts(on: cases)) {
            #expect(verdict.error == nil, "\(row.type)")
            #expect(verdict.values == ["{'x': \(row.printed)}"], "\(row.type)")
        }
    }

    @Test("A placeholder that would be huge is refused when the plan is compiled")
    func hugePlaceholders() throws {
        let doubling = (1...40).map {
            #"{"type":"record","name":"R\#($0)","fields":[{"name":"a","type":"R\#($0 - 1)"},{"name":"b","type":"R\#($0 - 1)"}]}"#
        }
        let first = #"{"type":"record","name":"R0","fields":[{"name":"a","type":"int"}]}"#
        let reference = "[\(([first] + doubling).joined(separator: ","))]"
        for type in [#""R40""#, #"{"type":"fixed","name":"F","size":2000000000}"#] {
            let schema = try AvroSchema(parsing: Self.holder(type), references: [reference])
            #expect(throws: AvroSchemaError.self) {
                try AvroPlan(schema: schema, paths: [FieldPath(parsing: "x")])
            }
            #expect(throws: Never.self) { try AvroPlan(schema: schema, paths: []) }
        }
    }

    @Test("Unions that lead back into themselves are found out in bounded time")
    func entangledPlaceholders() throws {
        let fields = (0..<30).map { #"{"name":"f\#($0)","type":["R","S","int"]}"# }.joined(separator: ",")
        let text =
            #"{"type":"record","name":"R","fields":[{"name":"s","type":[{"type":"record","name":"S","fields":[\#(fields)]},"int"]}]}"#
        let schema = try AvroSchema(parsing: Self.holder(text))
        let plan = try AvroPlan(schema: schema, paths: [FieldPath(parsing: "x")])
        #expect(plan.rules == [AvroRulePlan(typeName: "R", isHeader: true)])
    }
}
