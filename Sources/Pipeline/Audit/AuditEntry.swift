import Foundation

/// An event as the trail keeps it: with its time, an id of its own, and how many equal ones it stands for.
struct AuditEntry: Sendable, Hashable {
    /// The version of the JSON below.
    static let version = 1

    var event: AuditEvent
    /// The same at each delivery of the event: a reader that sees it twice has the same event twice.
    var id: String
    /// Milliseconds since the Unix epoch.
    var time: Int64
    /// The process's `instance`, if it has one.
    var instance: String?
    /// Equal events that were not told one by one; 1 for an event that stands for itself.
    var count: Int = 1

    /// One JSON object with sorted members, as docs/audit.md describes it.
    var json: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Text, numbers and a dictionary of text: nothing that can't be encoded.
        return (try? encoder.encode(self)).map(Array.init) ?? []
    }

    /// RFC 3339 with milliseconds, in UTC.
    static func text(ofTime time: Int64) -> String {
        // Half a millisecond more, since the formatter cuts what a binary fraction of a second lies below.
        let date = Date(timeIntervalSince1970: Double(time) / 1_000 + 0.000_5)
        return date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}

extension AuditEntry: Encodable {
    private enum Member: String, CodingKey {
        case v, id, time, kind, instance, count, pair, topic, partition, offset, reason, message, actor, purpose
        case details
    }

    func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Member.self)
        try object.encode(Self.version, forKey: .v)
        try object.encode(id, forKey: .id)
        try object.encode(Self.text(ofTime: time), forKey: .time)
        try object.encode(event.kind.rawValue, forKey: .kind)
        try object.encodeIfPresent(instance, forKey: .instance)
        try object.encode(count, forKey: .count)
        try object.encodeIfPresent(event.pair, forKey: .pair)
        try object.encodeIfPresent(event.topic, forKey: .topic)
        try object.encodeIfPresent(event.partition, forKey: .partition)
        try object.encodeIfPresent(event.offset, forKey: .offset)
        try object.encodeIfPresent(event.reason, forKey: .reason)
        try object.encodeIfPresent(event.message, forKey: .message)
        try object.encodeIfPresent(event.actor, forKey: .actor)
        try object.encodeIfPresent(event.purpose, forKey: .purpose)
        if !event.details.isEmpty { try object.encode(event.details, forKey: .details) }
    }
}
