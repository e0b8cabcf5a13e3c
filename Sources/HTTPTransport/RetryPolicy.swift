/// When a request is sent again.
///
/// Retried are connections that fail or break, and the statuses 429, 502, 503 and 504. The delay before attempt n+1 is
/// random between half and all of `min(baseDelay * 2^(n-1), maximumDelay)`, or what `Retry-After` says.
public struct RetryPolicy: Sendable, Equatable {
    /// How often a request is sent at most; 1 means no retry.
    public var maximumAttempts: Int
    /// The first delay, in milliseconds.
    public var baseDelayMilliseconds: Int
    /// The longest delay, in milliseconds.
    public var maximumDelayMilliseconds: Int
    /// The longest `Retry-After` waited for, in milliseconds; a longer one ends the call with the answer that asks for it.
    public var retryAfterLimitMilliseconds: Int

    /// Makes a policy; the defaults give up after three attempts and less than a second of delay.
    public init(
        maximumAttempts: Int = 3, baseDelayMilliseconds: Int = 50, maximumDelayMilliseconds: Int = 2_000,
        retryAfterLimitMilliseconds: Int = 5_000
    ) {
        self.maximumAttempts = maximumAttempts
        self.baseDelayMilliseconds = baseDelayMilliseconds
        self.maximumDelayMilliseconds = maximumDelayMilliseconds
        self.retryAfterLimitMilliseconds = retryAfterLimitMilliseconds
    }

    /// Sends once.
    public static let never = RetryPolicy(maximumAttempts: 1)

    /// The delay after `attempt` attempts (1 or more), in milliseconds, drawn from `generator`.
    func delayMilliseconds(afterAttempt attempt: Int, using generator: inout some RandomNumberGenerator) -> Int {
        let base = max(1, baseDelayMilliseconds)
        // A shift past 20 would overflow for large bases, and is past every sensible maximum.
        let grown = base.multipliedReportingOverflow(by: 1 << min(max(0, attempt - 1), 20))
        let ceiling = max(1, min(grown.overflow ? Int.max : grown.partialValue, maximumDelayMilliseconds))
        return Int.random(in: ceiling - ceiling / 2...ceiling, using: &generator)
    }

    /// Whether a status asks for another attempt: 429 always, a gateway's failure where the request may be repeated.
    static func isRetried(status: Int, mayRepeat: Bool) -> Bool {
        switch status {
        case 429: true
        case 502, 503, 504: mayRepeat
        default: false
        }
    }
}
