/// Leaves a KMS alone after failures in a row, then lets one call try it: decisions only, on a clock that is given.
struct CircuitBreaker: Sendable {
    /// Failures in a row that open it.
    static let threshold = 5

    private static let backOff = BackOff(first: 1_000, longest: 30_000)

    private var failures = 0
    private var openUntil: Int64?
    private var isProbing = false
    private var last: KeyManagementError?

    /// Whether calls are held back now or only one is let through to try.
    var isOpen: Bool { openUntil != nil }

    /// The last failure where a call must not be made now; nil lets it through, as the one that tries where it is open.
    mutating func refusal(now: Int64) -> KeyManagementError? {
        guard let openUntil, let last else { return nil }
        guard now >= openUntil, !isProbing else { return last }
        isProbing = true
        return nil
    }

    /// The KMS answered; returns whether it had been left alone.
    mutating func answered() -> Bool {
        defer { self = CircuitBreaker() }
        return isOpen
    }

    /// A call ended before it reached the KMS.
    mutating func undecided() {
        isProbing = false
    }

    /// The KMS failed; returns whether it is left alone from now on and was not before.
    mutating func failed(_ error: KeyManagementError, now: Int64, jitter: UInt64) -> Bool {
        failures += 1
        isProbing = false
        last = error
        guard failures >= Self.threshold else { return false }
        let wasOpen = isOpen
        openUntil = now + Self.backOff.delay(afterFailures: failures - Self.threshold + 1, jitter: jitter)
        return !wasOpen
    }
}
