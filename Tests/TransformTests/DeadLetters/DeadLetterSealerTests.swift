import Foundation
import KeyManagement
import Records
import Testing

@testable import Transform

@Suite struct DeadLetterSealerTests {
    private static let origin = DeadLetterOrigin(pair: "customers", reason: "malformed_payload", field: "ssn")

    private func rules(_ key: String = "in-memory-kms://pii") throws -> DeadLetterRules {
        DeadLetterRules(topic: "customers.dead", key: try KeySecretTemplate(parsing: key))
    }

    private func sealed(
        _ record: TestRecord, _ fixture: TransformFixture, _ origin: DeadLetterOrigin = Self.origin
    ) throws(TransformError) -> TestRecord {
        let sealer: DeadLetterSealer
        do {
            sealer = try DeadLetterSealer(rules: try rules(), keys: DataKeyReader(cache: fixture.cache))
        } catch {
            throw TransformError(.internalError, "\(error)")
        }
        while true {
            do throws(TransformError) {
                return try record.line.withRecord(defaultTopic: []) { view throws(TransformError) in
                    TestRecord(copying: try sealer.seal(view, origin, now: DataKeyCache.now()))
                }
            } catch {
                guard let need = error.need, sealer.obtain(need, within: 5_000) else { throw error }
            }
        }
    }

    private func opened(
        _ letter: RecordLine, rules: DeadLetterRules, cache: DataKeyCache
    ) throws(TransformError) -> RecordLine {
        let opener = try DeadLetterOpener(rules: rules, keys: DataKeyReader(cache: cache))
        while true {
            do throws(TransformError) {
                return try letter.withRecord(defaultTopic: []) { view throws(TransformError) in
                    try opener.open(view, now: DataKeyCache.now())
                }
            } catch {
                guard let need = error.need, opener.obtain(need, within: 5_000) else { throw error }
            }
        }
    }

    @Test("A letter has no key, no header of the record's, and nothing of it in the clear but where it was")
    func shape() throws {
        var record = TestRecord(key: "secret-key", "secret-value", headers: [("secret-header", "secret"), ("n", nil)])
        record.headers.append(.init(name: Array("fieldseal.envelope".utf8), value: Array("forged".utf8)))
        let letter = try sealed(record, try TransformFixture())
        #expect(letter.key == nil && letter.partition == record.partition && letter.timestamp == 0)
        #expect(
            letter.headers.map { String(decoding: $0.name, as: UTF8.self) } == [
                "fieldseal.envelope", "fieldseal.error",
            ])
        let error =
            #"{"pair":"customers","topic":"customers","partition":3,"offset":41,"reason":"malformed_payload","field":"ssn"}"#
        #expect(letter.header("fieldseal.error") == error)
        let everything = (letter.value ?? []) + letter.headers.flatMap { $0.name + ($0.value ?? []) }
        #expect(!String(decoding: everything, as: UTF8.self).contains("secret"))
        #expect(
            try opened(letter.written(to: "customers.dead").line, rules: rules(), cache: TransformFixture().cache)
                == record.line)
    }

    @Test("A letter that was changed or moved does not open, whatever its error says")
    func tampered() throws {
        let fixture = try TransformFixture()
        let letter = try sealed(TestRecord("v"), fixture).written(to: "customers.dead")
        var changed = letter
        changed.value?[20] ^= 1
        #expect(throws: TransformError.self) { try opened(changed.line, rules: rules(), cache: fixture.cache) }
        #expect(throws: TransformError.self) {
            try opened(letter.written(to: "other").line, rules: rules(), cache: fixture.cache)
        }
        var lying = letter
        lying.setHeader("fieldseal.error", #"{"partition":9}"#)
        #expect(try opened(lying.line, rules: rules(), cache: fixture.cache).partition == 3)
    }

    private struct Vector: Decodable {
        struct Record: Decodable {
            var topic: String
            var partition: Int32
            var offset: Int64
            var timestamp: Int64
            var key: Data?
            var value: Data?
            var headers: [[String?]]

            var line: RecordLine {
                RecordLine(
                    topic: Array(topic.utf8), partition: partition, offset: offset, timestamp: timestamp,
                    key: key.map(Array.init), value: value.map(Array.init),
                    headers: headers.map { pair in
                        .init(
                            name: Array((pair[0] ?? "").utf8),
                            value: pair[1].flatMap { Data(base64Encoded: $0) }.map(Array.init))
                    })
            }
        }

        var letter: Record
        var record: Record
    }

    @Test("A letter that another program sealed as the wire format says opens, for ever")
    func frozen() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../Vectors/dead-letters/payload.json")
        let vector = try JSONDecoder().decode(Vector.self, from: Data(contentsOf: file))
        var inMemory = InMemorySettings()
        inMemory.keys["dead"] = [UInt8](repeating: 7, count: 32).withUnsafeBytes { SecretBytes(copying: $0) }
        let cache = try DataKeyCache(KeyManagementSettings(inMemory: inMemory))
        let line = try opened(vector.letter.line, rules: rules("in-memory-kms://dead"), cache: cache)
        #expect(line == vector.record.line)
    }
}
