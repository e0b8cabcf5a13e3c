import Testing

@testable import Pipeline

@Suite("Which topics a pattern reads")
struct TopicSelectionTests {
    private func selection(
        _ pattern: String, _ target: String, names: Set<String> = [], targets: [(String, String)] = []
    ) throws -> TopicSelection {
        let excluded = ExcludedTopics(
            names: names,
            targets: try targets.map {
                .init(source: $0.0, template: try #require(TopicTemplate(parsing: $0.1)))
            })
        return try TopicSelection(
            pattern: pattern, target: try #require(TopicTemplate(parsing: target)), excluded: excluded)
    }

    @Test("A topic that it matches as a whole is read, and its name fills in the target's")
    func matching() throws {
        let selection = try selection("^customers\\.[a-z]+", "sealed.{{record.topic}}.v1")
        #expect(selection.verdict(on: "customers.eu") == .read(target: "sealed.customers.eu.v1"))
        #expect(selection.verdict(on: "customers.eu.1") == .foreign)
        #expect(selection.verdict(on: "old.customers.eu") == .foreign)
    }

    @Test("What the configuration's pairs write is never read")
    func outputs() throws {
        let selection = try selection(
            "^c.*", "{{record.topic}}.enc", names: ["c-dead"],
            targets: [("^c.*", "{{record.topic}}.enc"), ("^x[0-9]", "clear.{{record.topic}}")])
        #expect(selection.verdict(on: "c1") == .read(target: "c1.enc"))
        #expect(selection.verdict(on: "c1.enc") != .read(target: "c1.enc.enc"))
        #expect(selection.verdict(on: "c1.enc.enc") != .read(target: "c1.enc.enc.enc"))
        for excluded in ["c-dead", "c1.enc", "c1.enc.enc", "clear.x1"] {
            guard case .excluded = selection.verdict(on: excluded) else {
                Issue.record("\(excluded) is not excluded")
                continue
            }
        }
        // No topic of the other pair is called like that.
        #expect(selection.verdict(on: "clear.x10") == .read(target: "clear.x10.enc"))
    }

    @Test("Kafka's own topics are not read, whatever matches them")
    func internalTopics() throws {
        let selection = try selection("^.*", "{{record.topic}}.enc")
        #expect(selection.verdict(on: "__consumer_offsets") == .foreign)
        #expect(selection.verdict(on: "_schemas") == .read(target: "_schemas.enc"))
    }

    @Test("A topic whose target would have too long a name is not read")
    func longNames() throws {
        let selection = try selection("^.*", "{{record.topic}}.enc")
        let longest = String(repeating: "a", count: 245)
        #expect(selection.verdict(on: longest) == .read(target: longest + ".enc"))
        guard case .excluded(let reason) = selection.verdict(on: longest + "a") else {
            Issue.record("it is read")
            return
        }
        #expect(reason.contains("249"))
    }

    @Test(
        "A template has the source's name in it once, and nothing else to fill in",
        arguments: [
            ("{{record.topic}}.enc", true), ("{{ record.topic }}", true), ("enc", false), ("{{record.key}}", false),
            ("{{record.topic}}{{record.topic}}", false), ("{{record.topic}", false), ("a}}{{record.topic}}", false),
        ])
    func templates(text: String, isTemplate: Bool) {
        #expect((TopicTemplate(parsing: text) != nil) == isTemplate)
    }

    @Test("The source can be told from the target")
    func reversed() throws {
        let template = try #require(TopicTemplate(parsing: "a.{{record.topic}}.b"))
        #expect(template.source(of: "a.x.b") == "x")
        #expect(template.source(of: "a..b") == nil)
        #expect(template.source(of: "a.b") == nil)
        #expect(template.source(of: "a.x.c") == nil)
    }

    @Test("A pair knows which topics it may write")
    func mayWrite() {
        var pair = TopicPair(
            name: "p", source: "^c[0-9]", target: "{{record.topic}}.enc", kafka: .init(common: [:]),
            action: .encrypt(.init(valueFields: [])))
        #expect(pair.mayWrite("c1.enc") && !pair.mayWrite("c1") && !pair.mayWrite("d1.enc"))
        pair.source = "c1"
        pair.target = "c1.enc"
        #expect(pair.mayWrite("c1.enc") && !pair.mayWrite("c2.enc"))
    }
}
