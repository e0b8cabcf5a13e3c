import Foundation
import Logging
import Testing

@testable import Pipeline

@Suite struct AuditJournalTests {
    private func journal(topic: String? = "audit", isRequired: Bool = false, events: Int = 2) -> AuditJournal {
        AuditJournal(
            AuditSettings(topic: topic, isRequired: isRequired, bufferEvents: events),
            logger: Logger(label: "t") { _ in SwiftLogNoOpLogHandler() })
    }

    private let event = AuditEvent(.recordRead, pair: "p")

    @Test("A full buffer drops and counts where the trail is not required, and pairs go on")
    func optional() {
        let journal = journal()
        for _ in 0..<5 { journal.record(event) }
        #expect(journal.status == AuditStatus(events: [.recordRead: 5], waiting: 2, dropped: 3))
        #expect(journal.isAccepting)
    }

    @Test("A full buffer of a required trail stops pairs, and takes what happens until they stand")
    func required() {
        let journal = journal(isRequired: true)
        journal.record(event)
        #expect(journal.isAccepting)
        journal.record(event)
        #expect(!journal.isAccepting)
        journal.record(event)
        #expect(journal.status.waiting == 3)
        #expect(journal.status.dropped == 0)
    }

    @Test("Without a topic nothing waits and nothing is dropped")
    func logAlone() {
        let journal = journal(topic: nil, isRequired: true)
        for _ in 0..<5 { journal.record(event) }
        #expect(journal.status == AuditStatus(events: [.recordRead: 5], waiting: 0, dropped: 0))
        #expect(journal.isAccepting)
    }

    @Test("An event is one JSON object with its time in UTC, and only what it has")
    func json() {
        let event = AuditEvent(
            .recordSkipped, pair: "customers", topic: "raw", partition: 3, offset: 42, actor: "ann",
            purpose: "beyond \"help\"", details: ["a/b": "c"])
        let entry = AuditEntry(event: event, id: "id-1", time: 1_764_000_000_123, instance: nil)
        #expect(
            String(decoding: entry.json, as: UTF8.self) == """
                {"actor":"ann","count":1,"details":{"a/b":"c"},"id":"id-1","kind":"record_skipped","offset":42,\
                "pair":"customers","partition":3,"purpose":"beyond \\"help\\"","time":"2025-11-24T16:00:00.123Z",\
                "topic":"raw","v":1}
                """)
    }
}

@Suite struct AuditDocumentTests {
    @Test("docs/audit.md lists every kind of event, and no other")
    func kinds() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../docs/audit.md")
        let text = try String(contentsOf: file.standardizedFileURL, encoding: .utf8)
        let section = try #require(text.components(separatedBy: "## Kinds").last?.components(separatedBy: "## ").first)
        let rows = section.split(separator: "\n").filter { $0.hasPrefix("| `") }
        let kinds = rows.flatMap { row in
            row.split(separator: "|")[0].split(separator: "`").filter {
                $0.contains("_") || $0 == "gap" || $0 == "purged" || $0 == "replayed"
            }
        }
        #expect(Set(kinds.map(String.init)) == Set(AuditEvent.Kind.allCases.map(\.rawValue)))
    }
}
