import Testing

@testable import Pipeline

@Suite("Which groups are demand")
struct GroupDemandTests {
    @Test("A group is demand while it is assigned, and not when it has gone or reads other topics")
    func assigned() {
        var demand = GroupDemand()
        demand.looked(["a": .assigned, "b": .unassigned])
        #expect(demand.groups == ["a"])
        demand.looked(["a": .unassigned, "b": .assigned])
        #expect(demand.groups == ["b"])
        demand.looked([:])
        #expect(demand.groups.isEmpty)
    }

    @Test(
        "What is uncertain changes nothing", arguments: [GroupDemand.Finding.rebalancing, .unknown])
    func uncertain(finding: GroupDemand.Finding) {
        var demand = GroupDemand()
        demand.looked(["a": finding])
        #expect(demand.groups.isEmpty)
        demand.looked(["a": .assigned])
        demand.looked(["a": finding])
        #expect(demand.groups == ["a"])
        demand.looked(["a": .unassigned])
        demand.looked(["a": finding])
        #expect(demand.groups.isEmpty)
    }

    @Test("A group that can't be described counts if it has committed offsets")
    func undescribed() {
        var demand = GroupDemand()
        demand.looked(["a": .undescribed(hasOffsets: true), "b": .undescribed(hasOffsets: false)])
        #expect(demand.groups == ["a"])
    }
}
