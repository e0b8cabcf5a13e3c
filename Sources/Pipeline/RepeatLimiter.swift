import Synchronization

/// Lets one of many equal lines of the log through, and counts the others: a broker that is away is told of by every client
/// that asks for it, many times a second.
final class RepeatLimiter: Sendable {
    private struct Window {
        var began: Int64
        /// Lines that were left out since the last one that was let through.
        var leftOut = 0
    }

    private let windows = Mutex<[String: Window]>([:])
    /// How often equal lines are let through at most, in milliseconds.
    static let interval: Int64 = 60_000
    /// Kinds of lines at one time; beyond, all are forgotten.
    private static let mostKinds = 200

    /// How much of a message tells its kind, in characters.
    private static let kindLength = 300

    /// What messages have in common that differ in times, counts, ports and numbers of brokers alone.
    static func kind(of message: String) -> String {
        String(message.prefix(kindLength).filter { !$0.isNumber })
    }

    /// Whether a line is to be written.
    ///
    /// - Parameters:
    ///   - kind: what lines that count as equal have in common.
    ///   - now: milliseconds of `MonotonicClock`.
    /// - Returns: how many equal ones were left out before it; nil where it is to be left out itself.
    func admit(_ kind: String, now: Int64) -> Int? {
        windows.withLock { windows in
            guard var window = windows[kind] else {
                if windows.count >= Self.mostKinds { windows = [:] }
                windows[kind] = Window(began: now)
                return 0
            }
            guard now - window.began >= Self.interval else {
                window.leftOut += 1
                windows[kind] = window
                return nil
            }
            windows[kind] = Window(began: now)
            return window.leftOut
        }
    }
}
