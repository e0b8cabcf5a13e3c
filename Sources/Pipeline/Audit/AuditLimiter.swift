/// Lets the first events of a storm of equal ones through, and counts the rest: decisions only, on a clock that is given.
///
/// Equal are events of one kind, pair, topic, partition and reason. Only what records and servers do is limited; what a
/// person did is always told.
struct AuditLimiter: Sendable {
    /// Equal events that are told one by one in a window.
    static let burst = 10
    /// How long a window is, in milliseconds.
    static let window: Int64 = 60_000
    /// Windows at one time; beyond, the oldest ends early.
    static let mostWindows = 1_000

    private struct Kinship: Hashable {
        var kind: AuditEvent.Kind
        var pair: String?
        var topic: String?
        var partition: Int32?
        var reason: String?

        init(_ event: AuditEvent) {
            kind = event.kind
            pair = event.pair
            topic = event.topic
            partition = event.partition
            reason = event.reason
        }
    }

    private struct Window {
        var began: Int64
        var told = 0
        /// What was not told, the last one in full.
        var untold = 0
        var last: AuditEvent
        var firstOffset: Int64?
    }

    /// Several equal events as one.
    struct Summary: Equatable {
        /// The last of them.
        var event: AuditEvent
        /// How many there were.
        var count: Int
    }

    private var windows: [Kinship: Window] = [:]

    /// Whether the event is to be told by itself.
    ///
    /// - Returns: false where it is counted, to be told of by `due`.
    mutating func admits(_ event: AuditEvent, now: Int64) -> Bool {
        guard event.kind.isLimited else { return true }
        let kinship = Kinship(event)
        var window = windows[kinship] ?? Window(began: now, last: event)
        defer { windows[kinship] = window }
        if window.told < Self.burst {
            window.told += 1
            return true
        }
        if window.untold == 0 { window.firstOffset = event.offset }
        window.untold += 1
        window.last = event
        return false
    }

    /// What was counted in the windows that are over by `now`, or in all of them.
    mutating func due(now: Int64, all: Bool = false) -> [Summary] {
        var ended = windows.filter { all || now - $0.value.began >= Self.window }
        if windows.count - ended.count > Self.mostWindows {
            let oldest = windows.sorted { $0.value.began < $1.value.began }
            for (kinship, window) in oldest.prefix(windows.count - Self.mostWindows) { ended[kinship] = window }
        }
        for kinship in ended.keys { windows[kinship] = nil }
        return ended.values.filter { $0.untold > 0 }.sorted { $0.began < $1.began }.map { window in
            var event = window.last
            if let first = window.firstOffset { event.details["firstOffset"] = "\(first)" }
            return Summary(event: event, count: window.untold)
        }
    }
}

extension AuditEvent.Kind {
    /// Whether there may be storms of it.
    fileprivate var isLimited: Bool {
        switch self {
        case .encryptionFailed, .decryptionFailed, .deadLettered, .partitionHalted, .partitionResumed, .keyCreated,
            .keyRenewed, .keyServiceDown, .keyServiceUp, .gap:
            true
        case .configurationLoaded, .configurationRefused, .demandStarted, .demandEnded, .leaseTaken, .leaseReleased,
            .leaseExpired,
            .skipRequested, .recordSkipped, .replayed, .pairPaused, .pairResumed, .purged, .recordRead, .boundedRun:
            false
        }
    }
}
