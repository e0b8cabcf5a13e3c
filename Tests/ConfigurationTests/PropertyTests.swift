import Testing

@testable import Configuration

@Suite struct PropertyTests {
    @Test("Each Kafka property that Fieldseal owns is refused with the reason", arguments: KafkaPropertySettings.owned)
    func owned(_ property: (name: String, reason: String)) {
        let file = ConfigurationFile(replacing: "kafka: {", with: "kafka: {\(property.name): x, ")
        #expect(
            file.diagnostics == [
                "1:9: error: kafka.\(property.name): Fieldseal sets this property itself: \(property.reason)"
            ])
    }

    @Test("An owned property is refused on one side too", arguments: ["consumer", "producer"])
    func ownedOnOneSide(_ side: String) {
        let file = ConfigurationFile(replacing: "kafka: {", with: "kafka: {\(side): {group.id: x}, ")
        #expect(
            file.diagnostics == [
                "1:20: error: kafka.\(side).group.id: Fieldseal sets this property itself: the pair's groupId names the "
                    + "group"
            ])
    }

    @Test("Properties that hold secrets are never shown, also where the value is no value")
    func secrets() {
        for name in ["sasl.password", "ssl.key.password", "ssl.key.pem", "ssl_key", "sasl.oauthbearer.client.secret"] {
            let file = ConfigurationFile(replacing: "kafka: {", with: "kafka: {\(name): \"a${x y}hunter2\", ")
            #expect(
                file.diagnostics.map { $0.prefix { $0 != ";" } } == [
                    "1:\(11 + name.count): error: kafka.\(name): what stands in \"${}\" names no environment variable "
                        + "(letters, digits and _)"
                ])
        }
    }

    @Test("No key stands twice in a section's table")
    func uniqueKeys() {
        for section in Self.sections(in: RootSettings.section) {
            #expect(Set(section.settings.map(\.name)).count == section.settings.count, "\(section.title)")
        }
    }

    private static func sections(in section: Section) -> [Section] {
        [section] + section.settings.compactMap(\.section).flatMap(sections)
    }
}
