import Records
import Testing

@testable import Formats

@Suite struct AvroPlanTests {
    static let customer = #"""
        {"type":"record","name":"Customer","namespace":"shop","fields":[
          {"name":"ssn","type":"string"},
          {"name":"note","type":["null","string"]},
          {"name":"id","type":{"type":"string","logicalType":"uuid"}},
          {"name":"salary","type":["null","int"]},
          {"name":"either","type":["null","string","int"]},
          {"name":"nothing","type":"null"},
          {"name":"banks","type":{"type":"array","items":{"type":"record","name":"Bank","fields":[
            {"name":"iban","type":"string"},{"name":"balance","type":"double"}]}}},
          {"name":"labels","type":{"type":"map","values":"string"}},
          {"name":"contact","type":["null",
            {"type":"record","name":"Mail","fields":[{"name":"to","type":"string"},{"name":"code","type":"int"}]},
            {"type":"record","name":"Phone","fields":[{"name":"to","type":"string"},{"name":"code","type":"string"}]}]},
          {"name":"parent","type":["null","Customer"]}]}
        """#

    private static func rules(_ paths: String...) throws -> [AvroRulePlan] {
        try AvroPlan(schema: AvroSchema(parsing: customer), paths: paths.map { try FieldPath(parsing: $0) }).rules
    }

    @Test(
        "A rule's entry has the type that its path leads to",
        arguments: [
            ("ssn", "string", false), ("note", "string", false), ("id", "string", true), ("salary", "int", true),
            ("banks", "array", true), ("banks[*]", "shop.Bank", true), ("banks[3].iban", "string", false),
            ("banks[*].balance", "double", true), ("labels", "map", true), ("labels.*", "string", false),
            ("labels.a", "string", false), ("contact.to", "string", false), ("parent", "shop.Customer", true),
            ("parent.parent.parent.ssn", "string", false),
        ])
    func entry(path: String, typeName: String, isHeader: Bool) throws {
        #expect(try Self.rules(path) == [AvroRulePlan(typeName: typeName, isHeader: isHeader)])
    }

    @Test(
        "Where the branches or records that a path runs through differ, its type is union",
        arguments: ["either", "contact", "contact.code", "banks[*].*"])
    func union(path: String) throws {
        #expect(try Self.rules(path) == [AvroRulePlan(typeName: "union", isHeader: false)])
    }

    @Test("Rules stay in the order of their paths")
    func order() throws {
        #expect(try Self.rules("salary", "ssn", "banks[*].balance").map(\.typeName) == ["int", "string", "double"])
    }

    @Test(
        "A path that runs into a type that could never have it is refused with its rule",
        arguments: ["ssn.x", "ssn[0]", "banks.iban", "labels[*]", "salary.*"])
    func unfit(path: String) throws {
        let error = try #require(throws: AvroSchemaError.self) { try Self.rules("id", path) }
        #expect(error.rule == 1)
        #expect(error.description.contains("no such fields"))
    }

    @Test(
        "A path to a field that the schema's records lack matches nothing",
        arguments: ["missing", "missing.deeper", "banks[*].x", "nothing", "contact.x"])
    func absent(path: String) throws {
        #expect(try Self.rules("id", path)[1] == AvroRulePlan(typeName: "union", isHeader: false))
    }

    @Test("Paths that overlap are refused", arguments: [("labels.*", "labels.a"), ("banks", "banks[*].iban")])
    func overlap(first: String, second: String) throws {
        let error = try #require(throws: AvroSchemaError.self) { try Self.rules(first, second) }
        #expect(error.rule == 1)
    }

    @Test("Wildcards over types that double at each level compile in bounded time and size")
    func doubling() throws {
        let doubling = (1...60).map {
            #"{"type":"record","name":"R\#($0)","fields":[{"name":"a","type":"R\#($0 - 1)"},{"name":"b","type":"R\#($0 - 1)"}]}"#
        }
        let first =
            #"{"type":"record","name":"R0","fields":[{"name":"a","type":"null"},{"name":"b","type":["null","string"]}]}"#
        let reference = "[\(([first] + doubling).joined(separator: ","))]"
        let schema = try AvroSchema(parsing: #""R60""#, references: [reference])
        let path = FieldPath(segments: Array(repeating: .anyValue, count: 61))
        let plan = try AvroPlan(schema: schema, paths: [path])
        #expect(plan.stepCount < 2_000)
        // Where no path has a wildcard, records are written down within others, and not for ever.
        #expect(try AvroPlan(schema: schema, paths: []).stepCount < 10_000)
        #expect(throws: FormatError.self) {
            try AvroScan([0, 0, 0], plan: plan, scanner: AvroFieldScanner())
        }
    }
}
