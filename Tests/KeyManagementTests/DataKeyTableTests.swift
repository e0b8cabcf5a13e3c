import Cryptography
import Testing

@testable import KeyManagement

@Suite struct DataKeyTableTests {
    private final class Holder: DataKeyHolder {
        let shared: SharedDataKey
        let hash: Int
        var lastUsed: Int64
        var isDone = false

        init(_ name: String, hash: Int, lastUsed: Int64 = 0) throws {
            let request = Sample.request(name, edek: name)
            shared = SharedDataKey(
                dataKey: try DataKey.generate(request.algorithm), request: request, edek: request.edek, expiresAt: 0,
                maxUses: 1, maxBytes: 1)
            self.hash = hash
            self.lastUsed = lastUsed
        }

        func isOver(now: Int64) -> Bool { isDone }
    }

    private func find(_ name: String, hash: Int, in table: DataKeyTable<Holder>) -> Holder? {
        let request = Sample.request(name, edek: name)
        let (kek, edek, topic) = (Lent(request.kek), Lent(request.edek), Lent(request.topic))
        return withExtendedLifetime((kek, edek, topic)) {
            let looked = DataKeyName(
                kek: kek.bytes, edek: edek.bytes, algorithm: request.algorithm, topic: topic.bytes)
            return table.find(looked, hash: hash)
        }
    }

    /// Few hash values, so that runs are long.
    @Test func itAgreesWithADictionary() throws {
        var generator = SeededGenerator(seed: 21)
        var table = DataKeyTable<Holder>(capacity: 1_000)
        var expected: [Int: Holder] = [:]
        for _ in 0..<3_000 {
            let number = Int.random(in: 0..<40, using: &generator)
            let hash = number % 5 == 0 ? -number : number % 7
            if let holder = expected[number] {
                #expect(find("n\(number)", hash: hash, in: table) === holder)
                if Bool.random(using: &generator) {
                    table.remove(holder)
                    expected[number] = nil
                }
            } else {
                #expect(find("n\(number)", hash: hash, in: table) == nil)
                let holder = try Holder("n\(number)", hash: hash)
                table.insert(holder, now: 0)
                expected[number] = holder
            }
            #expect(table.count == expected.count)
        }
    }

    @Test func aFullTableDropsWhatIsOverAndThenTheOldest() throws {
        var table = DataKeyTable<Holder>(capacity: 4)
        let holders = try (0..<4).map { try Holder("n\($0)", hash: $0, lastUsed: Int64(10 - $0)) }
        for holder in holders { table.insert(holder, now: 0) }
        holders[0].isDone = true
        table.insert(try Holder("n4", hash: 4, lastUsed: 20), now: 0)
        #expect(table.count == 4)
        #expect(find("n0", hash: 0, in: table) == nil)
        table.insert(try Holder("n5", hash: 5, lastUsed: 20), now: 0)
        #expect(table.count == 4)
        #expect(find("n3", hash: 3, in: table) == nil)
        #expect(find("n1", hash: 1, in: table) === holders[1])
    }
}
