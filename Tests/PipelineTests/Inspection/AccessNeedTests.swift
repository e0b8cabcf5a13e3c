import Pipeline
import Testing

@Suite("Permissions and the commands that grant them")
struct AccessNeedTests {
    private static let kafka = TopicPair.KafkaSettings(common: ["bootstrap.servers": "a:9092,b:9092"])

    @Test("A command names resource, operations and brokers, and the user where that is known")
    func command() {
        #expect(
            AccessNeed(.topic("raw"), "Read", "Describe").grant(Self.kafka)
                == "kafka-acls --bootstrap-server a:9092,b:9092 --add --allow-principal User:USER --operation Read "
                + "--operation Describe --topic raw")
        var named = Self.kafka
        named.common["sasl.username"] = "fieldseal"
        #expect(AccessNeed(.group("g"), "Read").grant(named).contains("--allow-principal User:fieldseal "))
        #expect(
            AccessNeed(.transactionalIDs(prefix: "g."), "Write").grant(named)
                .hasSuffix("--operation Write --transactional-id g. --resource-pattern-type prefixed"))
    }

    @Test("A name that a shell would take apart is quoted")
    func quoting() {
        let grant = AccessNeed(.group("a b; rm -rf 'x'"), "Read").grant(Self.kafka)
        #expect(grant.hasSuffix(#"--group 'a b; rm -rf '\''x'\'''"#))
        #expect(AccessNeed(.group(""), "Read").grant(Self.kafka).hasSuffix("--group ''"))
    }
}
