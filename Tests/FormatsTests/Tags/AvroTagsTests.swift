import Records
import Testing

@testable import Formats

@Suite("Fields of an Avro schema that are chosen by tags")
struct AvroTagsTests {
    private func fields(
        _ schema: String, tags: Set<String> = ["PII"], metadata: [String: [String]] = [:], references: [String] = []
    ) throws -> [String] {
        let schema = try AvroSchema(parsing: schema, references: references)
        return try AvroTags.fields(
            of: schema, by: TagSelection(tags: tags), metadata: MetadataTags(metadata)
        ).map { field in
            let own = [field.choice.key, field.choice.algorithm].compactMap { $0 }
            return ([field.path.description] + field.choice.tags + own).joined(separator: " ")
        }
    }

    private func record(_ fields: String, name: String = "R", more: String = "") -> String {
        #"{"type":"record","name":"\#(name)"\#(more),"fields":[\#(fields)]}"#
    }

    @Test(
        "An attribute of a field chooses it",
        arguments: [
            (#""fieldseal.tags":["x","PII"]"#, ["a PII"]),
            (#""fieldseal.tags":"PII""#, ["a PII"]),
            (#""confluent:tags":["PII"]"#, ["a PII"]),
            (#""fieldseal.tags":["PII"],"confluent:tags":["GDPR"]"#, ["a GDPR PII"]),
            (#""fieldseal.keySecretId":"in-memory-kms://k""#, ["a in-memory-kms://k"]),
            (#""fieldseal.algorithm":"AES256_GCM""#, ["a AES256_GCM"]),
            (#""fieldseal.tags":["pii"]"#, []),
            (#""tags":["PII"],"doc":"PII""#, []),
        ])
    func attributes(_ attributes: String, _ expected: [String]) throws {
        let schema = record(#"{"name":"a","type":"string",\#(attributes)},{"name":"b","type":"string"}"#)
        #expect(try fields(schema, tags: ["PII", "GDPR"]) == expected)
    }

    @Test("A field is found at any depth, with its own path")
    func nested() throws {
        let inner = record(#"{"name":"x","type":["null","long"],"confluent:tags":["PII"]}"#, name: "I")
        let schema = record(
            """
            {"name":"one","type":["null",\(inner)]},{"name":"list","type":{"type":"array","items":"I"}},
            {"name":"map","type":{"type":"map","values":{"type":"array","items":["null","I"]}}}
            """)
        #expect(try fields(schema) == ["one.x PII", "list[*].x PII", "map.*[*].x PII"])
    }

    @Test("Of a tagged record with tagged fields, the record is chosen")
    func outermost() throws {
        let inner = record(
            #"{"name":"x","type":"int","fieldseal.tags":["PII"],"fieldseal.keySecretId":"in-memory-kms://inner"}"#,
            name: "I")
        #expect(try fields(record(#"{"name":"a","type":\#(inner),"fieldseal.tags":["PII"]}"#)) == ["a PII"])
    }

    @Test("What is written on a type counts wherever the type stands")
    func types() throws {
        let named = record(#"{"name":"x","type":"int"}"#, name: "I", more: #","fieldseal.tags":["PII"]"#)
        #expect(
            try fields(record(#"{"name":"a","type":\#(named)},{"name":"b","type":["null","I"]}"#)) == [
                "a PII", "b PII",
            ])
        #expect(try fields(record(#"{"name":"a","type":{"type":"string","confluent:tags":["PII"]}}"#)) == ["a PII"])
        let list = #"{"type":"array","items":{"type":"string","confluent:tags":["PII"]}}"#
        #expect(try fields(record(#"{"name":"a","type":\#(list)}"#)) == ["a PII"])
        let plain = record(#"{"name":"x","type":"int"}"#, name: "I")
        let reference = #"{"type":"I","confluent:tags":["PII"]}"#
        #expect(
            try fields(record(#"{"name":"a","type":\#(plain)},{"name":"b","type":["null",\#(reference)]}"#)) == [
                "b PII"
            ])
        // What an inner record's fields carry is theirs alone.
        let tagged = record(#"{"name":"x","type":{"type":"int","confluent:tags":["PII"]}}"#, name: "I")
        #expect(try fields(record(#"{"name":"a","type":\#(tagged)}"#)) == ["a.x PII"])
    }

    @Test("A type of another schema brings its tags along")
    func references() throws {
        let other = record(#"{"name":"x","type":"int","confluent:tags":["PII"]}"#, name: "other.I")
        #expect(try fields(record(#"{"name":"a","type":"other.I"}"#), references: [other]) == ["a.x PII"])
    }

    @Test("Branches of a union share a path, and must agree about its key")
    func unions() throws {
        func branch(_ name: String, _ key: String) -> String {
            record(#"{"name":"x","type":"int","fieldseal.keySecretId":"\#(key)"}"#, name: name)
        }
        let schema = record(#"{"name":"a","type":[\#(branch("A", "k")),\#(branch("B", "k"))]}"#)
        #expect(try fields(schema) == ["a.x k"])
        #expect(throws: TagError.self) {
            try fields(record(#"{"name":"a","type":[\#(branch("A", "k")),\#(branch("B", "l"))]}"#))
        }
    }

    @Test("Of overlapping paths the wider one is chosen")
    func wildcards() throws {
        let map =
            #"{"type":"map","values":["null",\#(record(#"{"name":"x","type":"int"}"#, name: "V", more: #","fieldseal.tags":["PII"]"#))]}"#
        let inner = record(#"{"name":"k","type":"int","fieldseal.tags":["PII"]}"#, name: "I")
        #expect(try fields(record(#"{"name":"a","type":[\#(map),\#(inner)]}"#)) == ["a.* PII"])
    }

    @Test("A recursive type is followed where it has no tags, and refused by its name where it has")
    func recursive() throws {
        let tree = record(
            #"{"name":"next","type":["null","Tree"]},{"name":"v","type":"int"}"#, name: "Tree")
        #expect(
            try fields(record(#"{"name":"t","type":\#(tree)},{"name":"a","type":"int","confluent:tags":["PII"]}"#))
                == ["a PII"])
        let tagged = record(
            #"{"name":"next","type":["null","Tree"]},{"name":"v","type":"int","confluent:tags":["PII"]}"#, name: "Tree")
        let error = #expect(throws: TagError.self) { try fields(record(#"{"name":"t","type":\#(tagged)}"#)) }
        #expect(error?.location == "Tree")
        // Sealed as a whole, it has one path.
        let whole = record(
            #"{"name":"next","type":["null","Tree"],"confluent:tags":["PII"]},{"name":"v","type":"int"}"#, name: "Tree")
        #expect(try fields(record(#"{"name":"t","type":\#(whole)}"#)) == ["t.next PII"])
    }

    @Test("The whole datum can't be chosen")
    func root() {
        #expect(throws: TagError.self) {
            try fields(record(#"{"name":"a","type":"int"}"#, more: #","confluent:tags":["PII"]"#))
        }
        #expect(throws: TagError.self) { try fields(#"{"type":"string","confluent:tags":["PII"]}"#) }
    }

    @Test(
        "An attribute that is not what it must be is refused, rather than overlooked",
        arguments: [
            #""fieldseal.tags":{"PII":true}"#, #""fieldseal.tags":[["PII"]]"#, #""confluent:tags":null"#,
            #""fieldseal.keySecretId":["a","b"]"#, #""fieldseal.algorithm":7"#,
        ])
    func malformed(attribute: String) {
        #expect(throws: TagError.self) { try fields(record(#"{"name":"a","type":"int",\#(attribute)}"#)) }
    }

    @Test("Tags that a registry keeps beside the schema choose fields by their full names")
    func metadata() throws {
        let schema = record(
            #"{"name":"ssn","type":"string"},{"name":"x","type":\#(record(#"{"name":"ssn","type":"int"}"#, name: "n.I"))}"#
        )
        #expect(try fields(schema, metadata: ["R.ssn": ["PII"]]) == ["ssn PII"])
        #expect(try fields(schema, metadata: ["**.ssn": ["PII"]]) == ["ssn PII", "x.ssn PII"])
        #expect(try fields(schema, metadata: ["n.*.ssn": ["PII"], "R.*": ["other"]]) == ["x.ssn PII"])
    }

    @Test("A schema of many ways to few fields is refused, rather than followed for ever")
    func entangled() throws {
        var schema = record(#"{"name":"x","type":"int","fieldseal.tags":["PII"]}"#, name: "T0")
        for level in 1...40 {
            schema = record(#"{"name":"a","type":\#(schema)},{"name":"b","type":"T\#(level - 1)"}"#, name: "T\(level)")
        }
        #expect(throws: TagError.self) { try fields(schema) }
        var deep = record(#"{"name":"x","type":"int","fieldseal.tags":["PII"]}"#, name: "T0")
        for level in 1...64 { deep = record(#"{"name":"a","type":\#(deep)}"#, name: "T\(level)") }
        #expect(throws: TagError.self) { try fields(deep) }
    }
}

@Suite("Patterns of a registry's tags")
struct MetadataTagsTests {
    @Test(
        "match names as Confluent's do",
        arguments: [
            ("R.ssn", "R.ssn", true), ("R.ssn", "R.ss", false), ("*", "R.ssn", false), ("*.*", "R.ssn", true),
            ("**", "a.b.c", true), ("**.c", "a.b.c", true), ("*.c", "a.b.c", false), ("R.s?n", "R.ssn", true),
            ("R?ssn", "R.ssn", false), ("", "", true), ("*", "", true), ("a**", "a", true), ("$.a[?]", "$.a[0]", true),
        ])
    func matching(_ pattern: String, _ name: String, _ isMatch: Bool) {
        #expect(MetadataTags([pattern: ["t"]]).tags(of: name) == (isMatch ? ["t"] : []))
    }

    @Test("A pattern of many stars takes no longer than its length allows")
    func stars() {
        let pattern = String(repeating: "*a", count: 500)
        #expect(MetadataTags([pattern: ["t"]]).tags(of: String(repeating: "a", count: 1_000) + "b").isEmpty)
    }
}
