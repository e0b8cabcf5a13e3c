import Testing

@testable import Pipeline

@Suite("The search for a record that a broker refuses")
struct RefusedRecordSearchTests {
    @Test("Suspect is what was sent and not committed when the refusal came, and nothing else")
    func suspects() {
        var search = RefusedRecordSearch()
        #expect(!search.isSuspect(partition: 0, offset: 0))
        search.begin([0: 5, 2: 9])
        #expect(search.isSuspect(partition: 0, offset: 4))
        #expect(!search.isSuspect(partition: 0, offset: 5))
        #expect(!search.isSuspect(partition: 1, offset: 0))
        search.committed([0: 3, 2: 9])
        #expect(search.isSuspect(partition: 0, offset: 4))
        #expect(!search.isSuspect(partition: 2, offset: 8))
    }

    @Test("What was refused alone is known by its offset, whatever is committed meanwhile")
    func findings() {
        var search = RefusedRecordSearch()
        search.begin([0: 5])
        search.found(partition: 0, offset: 3, as: .deadLetter)
        search.committed([0: 3])
        search.begin([:])
        #expect(search.refusal(partition: 0, offset: 3) == .deadLetter)
        #expect(search.refusal(partition: 0, offset: 4) == nil)
        #expect(search.refusal(partition: 1, offset: 3) == nil)
    }
}
