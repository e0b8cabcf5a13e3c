/// Why a pair does nothing for now, though nothing is wrong with its records.
public struct IdleCause: Hashable, Sendable {
    /// A stable snake_case code.
    public var code: String
    /// One sentence for people.
    public var message: String

    /// Makes a cause.
    public init(code: String, message: String) {
        self.code = code
        self.message = message
    }

    /// The code of a pair that a person paused.
    public static let pausedCode = "paused"

    /// A person paused it.
    static func paused(_ pause: ControlEntry.Pause) -> IdleCause {
        IdleCause(code: pausedCode, message: "Paused by \(pause.actor): \(pause.reason)")
    }

    /// Nobody knows yet whether it is paused.
    static let controlUnread = IdleCause(
        code: "control_unread", message: "The control topic has not been read to its end yet.")

    /// What it does can't be put on record.
    static let auditFull = IdleCause(
        code: "audit_full", message: "The audit trail is required and takes no more events for now.")
}
