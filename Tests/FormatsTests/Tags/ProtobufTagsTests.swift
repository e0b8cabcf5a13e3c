import Records
import Testing

@testable import Formats

@Suite("Fields of a Protobuf message that are chosen by tags")
struct ProtobufTagsTests {
    private static let options = """
        syntax = "proto2";
        package fieldseal;
        import "google/protobuf/descriptor.proto";
        extend google.protobuf.FieldOptions {
          repeated string tags = 50001;
          optional string keySecretId = 50002;
          optional string algorithm = 50003;
          optional int32 number = 50004;
        }
        """

    private func fields(
        _ messages: String, syntax: String = "proto3", path: [Int32] = [0], metadata: [String: [String]] = [:]
    ) throws -> [String] {
        let text = """
            syntax = "\(syntax)";
            package shop;
            import "fieldseal/options.proto";
            import "confluent/meta.proto";
            \(messages)
            """
        let schema = try ProtobufSchema(
            parsing: text, references: [.init(name: "fieldseal/options.proto", text: Self.options)])
        return try ProtobufTags.fields(
            of: schema, messagePath: path, by: TagSelection(tags: ["PII"]), metadata: MetadataTags(metadata)
        ).map { field in
            let own = [field.choice.key, field.choice.algorithm].compactMap { $0 }
            return ([field.path.description] + field.choice.tags + own).joined(separator: " ")
        }
    }

    @Test(
        "An option of a field chooses it",
        arguments: [
            (#"(fieldseal.tags) = "x", (fieldseal.tags) = "PII""#, ["a PII"]),
            (#"(fieldseal.keySecretId) = "in-memory-kms://k""#, ["a in-memory-kms://k"]),
            (#"(fieldseal.algorithm) = "AES256_GCM""#, ["a AES256_GCM"]),
            (#"(confluent.field_meta) = {tags: ["x", "PII"]}"#, ["a PII"]),
            (#"(confluent.field_meta) = {params: [{key: "fieldseal.keySecretId", value: "k"}]}"#, ["a k"]),
            (#"(confluent.field_meta) = {doc: "PII"}"#, []), ("deprecated = true", []),
            ("(fieldseal.number) = 1", []),
        ])
    func options(_ option: String, _ expected: [String]) throws {
        #expect(try fields("message M { string a = 1 [\(option)]; string b = 2; }") == expected)
    }

    private static let tag = #"[(confluent.field_meta) = {tags: "PII"}]"#

    @Test("A field is found at any depth, in lists and maps, in another message of the file")
    func nested() throws {
        let messages = """
            message Other { string x = 1; }
            message M {
              message I { string x = 1 \(Self.tag); }
              I one = 1; repeated I list = 2; map<string, I> map = 3; map<string, string> plain = 4 \(Self.tag);
              repeated string many = 5 \(Self.tag);
              oneof choice { string c = 6 \(Self.tag); I d = 7; }
            }
            """
        #expect(try fields(messages).isEmpty)
        #expect(
            try fields(messages, path: [1])
                == ["one.x PII", "list[*].x PII", "map.*.x PII", "plain PII", "many PII", "c PII", "d.x PII"])
    }

    @Test("Extensions of a message are looked at as well")
    func extensions() throws {
        let messages = """
            message M { extensions 100 to 200; }
            extend M { optional string note = 100 \(Self.tag); }
            """
        #expect(try fields(messages, syntax: "proto2") == [#""[shop.note]" PII"#])
    }

    @Test("What is written on a message counts wherever its type stands, but not for the whole payload")
    func messages() throws {
        let inner = #"message I { option (confluent.message_meta) = {tags: "PII"}; string x = 1; }"#
        #expect(try fields("message M { I one = 1; repeated I list = 2; } \(inner)") == ["one PII", "list[*] PII"])
        #expect(throws: TagError.self) { try fields(inner) }
    }

    @Test("A recursive message is followed where it has no tags, and refused by its name where it has")
    func recursive() throws {
        #expect(try fields("message M { M next = 1; string a = 2; }").isEmpty)
        let error = #expect(throws: TagError.self) { try fields("message M { M next = 1; string a = 2 \(Self.tag); }") }
        #expect(error?.location == "shop.M")
        #expect(try fields("message M { M next = 1 \(Self.tag); string a = 2; }") == ["next PII"])
    }

    @Test("Tags that a registry keeps choose fields by their full names")
    func metadata() throws {
        let messages = "message M { string ssn = 1; I i = 2; } message I { string ssn = 1; }"
        #expect(try fields(messages, metadata: ["shop.M.ssn": ["PII"]]) == ["ssn PII"])
        #expect(try fields(messages, metadata: ["**.ssn": ["PII"]]) == ["ssn PII", "i.ssn PII"])
    }

    @Test("A message that is not there is refused")
    func missing() {
        #expect(throws: TagError.self) { try fields("message M { string a = 1; }", path: [1]) }
    }
}
