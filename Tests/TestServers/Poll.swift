import Foundation

/// Waits for something another thread or process does.
public enum Poll {
    /// The deadline passed.
    public struct TimedOut: Error {}

    /// Looks every few milliseconds until `condition` holds, for at most `seconds`.
    public static func until(seconds: Double = 20, _ condition: () throws -> Bool) throws {
        let deadline = Date(timeIntervalSinceNow: seconds)
        while try !condition() {
            guard Date() < deadline else { throw TimedOut() }
            usleep(5_000)
        }
    }
}
