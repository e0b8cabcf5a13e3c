/// Growing pauses between attempts, spread so that workers do not knock in step.
struct Backoff {
    /// Milliseconds before the second attempt.
    var initial: Int64 = 250
    /// The longest pause, in milliseconds.
    var maximum: Int64 = 30_000

    /// The pause after `attempts` failed attempts: between half and all of `initial` doubled that often.
    func delay(after attempts: Int, random: UInt64) -> Int64 {
        let doublings = min(max(attempts - 1, 0), 20)
        let full = min(initial << Int64(doublings), maximum)
        let half = max(full / 2, 1)
        return half + Int64(random % UInt64(half + 1))
    }
}
