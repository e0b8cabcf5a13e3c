import Configuration
import Testing

@Suite("The difference between two configurations")
struct ChangeTests {
    private static let base = """
        kafka: {bootstrap.servers: "localhost:9092"}
        kms: {inMemory: {keys: {pii: "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="}}}
        control: {topic: control}
        pairs:
          - {name: a, source: a, target: a.enc, encrypt: {schemaFile: a.avsc, recordValue: {fields: [{fieldName: x, keySecretId: "in-memory-kms://pii"}]}}}
          - {name: b, source: b, target: b.enc, encrypt: {recordValue: {fields: [{fieldName: x, keySecretId: "in-memory-kms://pii"}]}}}
          - {name: c, source: b.enc, target: c, demand: {leases: true}, decrypt: {}}

        """
    private static let schema = #"{"type":"record","name":"A","fields":[{"name":"x","type":"string"}]}"#

    /// The configuration that a text is, beside a schema.
    private func load(_ text: String, schema: String = schema) throws -> FieldsealConfiguration {
        try ConfigurationFile(text, files: ["a.avsc": schema]).configuration()
    }

    private func change(_ text: String, schema: String = schema) throws -> ConfigurationChange {
        ConfigurationChange(from: try load(Self.base), to: try load(text, schema: schema))
    }

    @Test("The same file, comments, order of keys and place of pairs change nothing")
    func same() throws {
        #expect(try change(Self.base).isEmpty)
        #expect(
            try change("# a comment\n" + Self.base.replacing("name: a, source: a,", with: "source: a, name: a,"))
                .isEmpty)
        var lines = Self.base.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        lines.swapAt(4, 5)
        #expect(try change(lines.joined(separator: "\n")).isEmpty)
    }

    @Test("A pair that comes, goes or changes is told, and no other")
    func pairs() throws {
        let another =
            "{name: d, source: d, target: d.enc, "
            + #"encrypt: {recordHeader: {header: h, payload: {keySecretId: "in-memory-kms://pii"}}}}"#
        let added = try change(Self.base + "  - \(another)\n")
        #expect(added.added == ["d"] && added.changed.isEmpty && added.removed.isEmpty)
        var lines = Self.base.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        lines.remove(at: 4)
        let removed = try change(lines.joined(separator: "\n"))
        #expect(removed.removed == ["a"] && removed.changed.isEmpty && removed.added.isEmpty)
        let changed = try change(Self.base.replacing("target: b.enc,", with: "target: b.enc, workers: 2,"))
        #expect(changed.changed == ["b"] && changed.added.isEmpty && changed.removed.isEmpty)
        let schema = #"{"type":"record","name":"A","fields":[{"name":"x","type":"string"},{"name":"y","type":"int"}]}"#
        #expect(try change(Self.base, schema: schema).changed == ["a"])
    }

    @Test("What all pairs share changes all that use it")
    func shared() throws {
        #expect(try change(Self.base.replacing("localhost:9092", with: "localhost:9093")).changed == ["a", "b", "c"])
        let key = "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI="
        let other = Self.base.replacing("AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=", with: key)
        #expect(try change(other).changed == ["a", "b", "c"])
    }

    @Test(
        "What a process takes once at its start is told as such",
        arguments: [
            ("control: {topic: control}", "control: {topic: other}", "control"),
            ("control: {topic: control}", "control: {topic: control}\naudit: {topic: audit}", "audit"),
            ("control: {topic: control}", "control: {topic: control}\nadmin: {listen: \"127.0.0.1:1\"}", "admin"),
            ("control: {topic: control}", "control: {topic: control}\ninstance: x", "instance"),
            ("control: {topic: control}", "control: {topic: control}\nonShutdown: leave", "onShutdown"),
        ])
    func restart(old: String, new: String, key: String) throws {
        #expect(try change(Self.base.replacing(old, with: new)).needsRestart == [key])
    }
}
