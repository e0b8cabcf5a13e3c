import Records
import Testing

@testable import Formats

@Suite("Fields of a JSON Schema that are chosen by tags")
struct JSONSchemaTagsTests {
    private static let tag = #""confluent:tags":["PII"]"#

    private func fields(
        _ schema: String, metadata: [String: [String]] = [:], references: [(name: String, text: String)] = []
    ) throws -> [String] {
        try JSONSchemaTags.fields(
            of: schema, references: references, by: TagSelection(tags: ["PII"]), metadata: MetadataTags(metadata)
        ).map(\.path.description)
    }

    @Test(
        "A subschema's attribute chooses what it describes",
        arguments: [
            (#"{"properties":{"a":{TAG},"b":{}}}"#, ["a"]),
            (#"{"properties":{"a b":{TAG}}}"#, [#""a b""#]),
            (#"{"properties":{"o":{"properties":{"a":{TAG}}}}}"#, ["o.a"]),
            (#"{"properties":{"l":{"items":{TAG}}}}"#, ["l[*]"]),
            (#"{"properties":{"l":{"items":[{},{TAG}]}}}"#, ["l[1]"]),
            (#"{"properties":{"l":{"prefixItems":[{TAG}],"items":{TAG}}}}"#, ["l[*]"]),
            (#"{"properties":{"l":{"prefixItems":[{},{TAG},{TAG}]}}}"#, ["l[1]", "l[2]"]),
            (#"{"properties":{"m":{"additionalProperties":{TAG}}}}"#, ["m.*"]),
            (#"{"properties":{"m":{"patternProperties":{"^x":{TAG}},"properties":{"y":{TAG}}}}}"#, ["m.*"]),
            (#"{"additionalProperties":{TAG}}"#, ["*"]),
            (##"{"properties":{"a":{"$ref":"#/$defs/s"}},"$defs":{"s":{TAG}}}"##, ["a"]),
            (##"{"properties":{"a":{"$ref":"#/definitions/s%20t"}},"definitions":{"s t":{TAG}}}"##, ["a"]),
            (##"{"properties":{"a":{"$ref":"#s"}},"$defs":{"x":{"$anchor":"s",TAG}}}"##, ["a"]),
            (#"{"properties":{"a":{"anyOf":[{"type":"null"},{TAG}]}}}"#, ["a"]),
            (#"{"allOf":[{"properties":{"a":{TAG}}},{"properties":{"b":{TAG}}}]}"#, ["a", "b"]),
            (#"{"if":{},"then":{"properties":{"a":{TAG}}},"else":{"properties":{"b":{TAG}}}}"#, ["a", "b"]),
            (#"{"dependencies":{"x":["y"],"z":{"properties":{"a":{TAG}}}}}"#, ["a"]),
            (#"{"not":{"properties":{"a":{TAG}}}}"#, []),
            (#"{"properties":{"o":{TAG,"properties":{"a":{TAG}}}}}"#, ["o"]),
            (#"{"properties":{"a":{"const":{TAG}},"b":true}}"#, []),
            (#"{"properties":{"a":{"fieldseal.keySecretId":"k"}}}"#, ["a"]),
            ("true", []),
        ])
    func chosen(_ schema: String, _ expected: [String]) throws {
        #expect(try fields(schema.replacing("TAG", with: Self.tag)) == expected)
    }

    @Test("References lead into other schemas, by the names that the registry gives them")
    func references() throws {
        let other = ##"{"$defs":{"x":{TAG},"y":{"$ref":"#/$defs/x"}}}"##.replacing("TAG", with: Self.tag)
        let schema = #"{"properties":{"a":{"$ref":"other.json#/$defs/y"}}}"#
        #expect(try fields(schema, references: [("other.json", other)]) == ["a"])
    }

    @Test(
        "A reference that leads nowhere is refused, since there might be tags",
        arguments: ["other.json", "#/$defs/none", "#none", "#/%zz"])
    func unresolved(reference: String) {
        #expect(throws: TagError.self) { try fields(#"{"properties":{"a":{"$ref":"\#(reference)"}}}"#) }
    }

    @Test("A recursive schema is followed where it has no tags, and refused where it has")
    func recursive() throws {
        let tree = ##"{"properties":{"left":{"$ref":"#"},"v":{}}}"##
        #expect(try fields(tree).isEmpty)
        let tagged = ##"{"properties":{"left":{"$ref":"#"},"v":{TAG}}}"##.replacing("TAG", with: Self.tag)
        #expect(throws: TagError.self) { try fields(tagged) }
        // References that only lead to each other describe nothing.
        #expect(
            try fields(##"{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}}}"##).isEmpty)
    }

    @Test("Tags that a registry keeps choose members by their paths")
    func metadata() throws {
        let schema = #"{"properties":{"ssn":{},"o":{"properties":{"ssn":{}}},"l":{"items":{"properties":{"ssn":{}}}}}}"#
        #expect(try fields(schema, metadata: ["$.ssn": ["PII"]]) == ["ssn"])
        #expect(try fields(schema, metadata: ["**.ssn": ["PII"]]) == ["l[*].ssn", "o.ssn", "ssn"])
    }

    @Test("The whole document can't be chosen, nor can tags be read from what is no schema")
    func refused() {
        #expect(throws: TagError.self) { try fields("{\(Self.tag)}") }
        #expect(throws: TagError.self) { try fields("[") }
        #expect(throws: TagError.self) { try fields("7") }
        #expect(throws: TagError.self) { try fields(#"{"properties":{"a":7}}"#) }
        // Neither path holds the other.
        let tuple = #"{"properties":{"l":{"prefixItems":[{TAG}],"items":{"properties":{"x":{TAG}}}}}}"#
        #expect(throws: TagError.self) { try fields(tuple.replacing("TAG", with: Self.tag)) }
    }
}
