/// How long to leave something alone after failures in a row.
struct BackOff: Sendable {
    /// The longest delay after the first failure, in milliseconds.
    let first: Int64
    /// The longest delay at all, in milliseconds.
    let longest: Int64

    /// The delay after `failures` failures: doubled each time, of which `jitter` takes away up to a half.
    func delay(afterFailures failures: Int, jitter: UInt64) -> Int64 {
        let doublings = min(max(0, failures - 1), 30)
        let full = min(longest, first << Int64(doublings))
        return full - Int64(jitter % UInt64(full / 2 + 1))
    }
}
