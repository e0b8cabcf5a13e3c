import Testing

@testable import Pipeline

@Suite("Records of the control topic")
struct ControlRecordTests {
    private static let entries: [ControlEntry] = [
        .pause(.init(pair: "p", actor: "ann", reason: "a \"quoted\"\nreason / ü", time: 1_700_000_000_000)),
        .skip(
            .init(pair: "p", topic: "t.1", partition: 3, offset: 42, actor: "ann", reason: "", time: 1)),
        .lease(.init(pair: "p", id: "l-1", actor: "ann", reason: "r", takenAt: 1, expiresAt: .max)),
        .purgeNotes(.init(pair: "p", topic: "t", partition: 0, notes: [.init(time: 1, endOffset: 2)])),
    ]

    private func read(_ key: String?, _ value: [UInt8]?) -> ControlRecord {
        Array((key ?? "").utf8).withUnsafeBytes { keyBytes in
            guard let value else { return ControlRecord(key: key == nil ? nil : keyBytes, value: nil) }
            return value.withUnsafeBytes { ControlRecord(key: key == nil ? nil : keyBytes, value: $0) }
        }
    }

    @Test("An entry is read as it was written, and its removal too", arguments: entries)
    func roundTrip(entry: ControlEntry) throws {
        let value = try #require(ControlRecord.value(of: entry))
        #expect(read(entry.key.text, value) == .put(entry))
        #expect(read(entry.key.text, nil) == .remove(entry.key))
    }

    @Test("The bytes of an entry stay the same from version to version")
    func bytes() throws {
        let value = try #require(ControlRecord.value(of: Self.entries[1]))
        let expected =
            #"{"skip":{"actor":"ann","offset":42,"pair":"p","partition":3,"reason":"","time":1,"topic":"t.1"},"v":1}"#
        #expect(String(decoding: value, as: UTF8.self) == expected)
        #expect(Self.entries.map(\.key.text) == ["pause/p", "skip/p/t.1/3", "lease/p/l-1", "purge-notes/p/t/0"])
    }

    @Test(
        "What a newer version may have written is unknown, and no fault",
        arguments: [
            ("pause/p", #"{"v":2,"pause":"whatever"}"#), ("wish/p", #"{"v":1,"wish":{}}"#), ("wish/p", nil), ("", nil),
        ])
    func unknown(key: String, value: String?) {
        #expect(read(key, value.map { Array($0.utf8) }) == .unknown)
    }

    private static let pause = #"{"v":1,"pause":{"pair":"p","actor":"a","reason":"r","time":1}}"#

    @Test(
        "What no Fieldseal writes is refused",
        arguments: [
            (nil, pause), ("pause/other", pause), ("pause/p", "{"), ("pause/p", "[]"), ("pause/p", #"{"v":"1"}"#),
            ("pause/p", #"{"v":1,"pause":{"pair":"p"}}"#), ("pause/p", #"{"v":1e99,"pause":null}"#),
            (
                "skip/p/t/-1",
                #"{"v":1,"skip":{"pair":"p","topic":"t","partition":-1,"offset":0,"actor":"","reason":"","time":0}}"#
            ),
            ("pause/a/b", #"{"v":1,"pause":{"pair":"a/b","actor":"a","reason":"r","time":1}}"#),
            ("pause/p", String(repeating: "[", count: 100_000)), ("pause/p", String(repeating: " ", count: 300_000)),
            (String(repeating: "k", count: 2_000), pause),
        ] as [(String?, String)])
    func malformed(key: String?, value: String) {
        guard case .malformed = read(key, Array(value.utf8)) else {
            Issue.record("\(key ?? "nil") \(value.prefix(80))")
            return
        }
    }

    @Test("Whatever bytes stand there, reading them ends")
    func noise() {
        var random = SplitMix64(seed: 7)
        for _ in 0..<2_000 {
            var bytes = Array(Self.pause.utf8)
            for _ in 0..<(1 + Int(random.next() % 4)) {
                bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            if case .put(let entry) = read("pause/p", bytes) { #expect(entry.key.text == "pause/p") }
        }
    }

    @Test("An entry that no reader would take is not written")
    func tooLong() {
        let reason = String(repeating: "x", count: 300_000)
        #expect(ControlRecord.value(of: .pause(.init(pair: "p", actor: "", reason: reason, time: 0))) == nil)
    }

    @Test("A topic that can't hold decisions is refused")
    func topic() {
        #expect(ControlTopicPreparation.refusal(partitions: 1, cleanupPolicy: "compact") == nil)
        #expect(ControlTopicPreparation.refusal(partitions: 1, cleanupPolicy: nil) == nil)
        #expect(ControlTopicPreparation.refusal(partitions: 2, cleanupPolicy: "compact") != nil)
        #expect(ControlTopicPreparation.refusal(partitions: 1, cleanupPolicy: "delete") != nil)
        #expect(ControlTopicPreparation.refusal(partitions: 1, cleanupPolicy: "compact,delete") != nil)
    }
}
