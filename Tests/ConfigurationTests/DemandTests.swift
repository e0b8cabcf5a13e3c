import Pipeline
import Testing

@testable import Configuration

@Suite("Demand in a configuration")
struct DemandTests {
    private func pair(_ lines: String, encrypt: String = "", top: String = "") throws -> TopicPair {
        var text = ConfigurationFile.valid
        text.replace("    encrypt:\n", with: "    \(lines)\n    encrypt:\n      \(encrypt)\n")
        text.replace("pairs:\n", with: "\(top)\npairs:\n")
        return try ConfigurationFile(text).configuration().pairs[0].topics
    }

    @Test("Without demand a pair always works, and its source keeps its records")
    func absent() throws {
        let pair = try pair("")
        #expect(pair.demand == nil)
        #expect(pair.purgeSource == nil)
    }

    @Test("An empty section looks for consumers, and forgets what they have read")
    func defaults() throws {
        let demand = try #require(try pair("demand: {}").demand)
        #expect(demand.consumers)
        #expect(!demand.leases)
        #expect(demand.idleAfterMilliseconds == 60_000)
        #expect(demand.checkIntervalMilliseconds == 5_000)
        #expect(demand.purge == .consumed)
        #expect(demand.maximumPlaintextAge == nil)
        #expect(!demand.ownsTarget)
        // Groups with Fieldseal's own names never count, and need not be listed.
        #expect(demand.ownGroups.isEmpty)
    }

    @Test("Everything that is set arrives")
    func everything() throws {
        let pair = try pair(
            """
            groupId: mine
                demand: {consumers: false, leases: true, idleAfterMs: 1, checkIntervalMs: 200, purge: all, \
            groups: {include: "app-.*", exclude: ".*-x"}, maxPlaintextAgeMs: 86400000, ownsTarget: true}
            """, encrypt: "purgeSource: {afterMs: 3600000, respectOtherGroups: false}", top: "control: {topic: c}")
        let demand = try #require(pair.demand)
        #expect(!demand.consumers)
        #expect(demand.leases)
        #expect(demand.idleAfterMilliseconds == 1)
        #expect(demand.checkIntervalMilliseconds == 200)
        #expect(demand.purge == .all)
        #expect(demand.includedGroups?.text == "app-.*")
        #expect(demand.excludedGroups?.text == ".*-x")
        #expect(demand.ownGroups == ["mine"])
        #expect(demand.maximumPlaintextAge == 86_400_000)
        #expect(demand.ownsTarget)
        #expect(pair.purgeSource == SourcePurgeSettings(afterMilliseconds: 3_600_000, respectsOtherGroups: false))
    }
}
