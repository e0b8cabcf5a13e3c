/// One worker's part of a limit: what it has claimed and not used yet.
///
/// It expects of each record as much as of the greediest one so far, so that a record seldom begins with a key whose
/// limit it can't keep. Where a record wants more than is left all the same, it is finished with the same key, since its
/// envelope names one key for all its fields: a limit is exceeded by at most what one record per worker adds.
struct DataKeyClaim {
    private let limit: DataKeyLimit
    private var claimed = 0
    private var usedByRecord = 0
    private var expected = 1
    private(set) var isExceeded = false
    private var mayBeNearlySpent = false

    init(_ limit: DataKeyLimit) {
        self.limit = limit
    }

    /// A record begins: whether what it is expected to use can be claimed.
    mutating func beginRecord() -> Bool {
        expected = min(max(expected, usedByRecord), limit.maximum)
        usedByRecord = 0
        if claimed >= expected { return true }
        guard !isExceeded, let more = limit.claim(expected - claimed) else { return false }
        claimed += more
        mayBeNearlySpent = true
        return true
    }

    /// True once for all workers, when 80 % of the limit have been claimed and this worker claimed of it last.
    mutating func isNearlySpentForTheFirstTime() -> Bool {
        guard mayBeNearlySpent else { return false }
        mayBeNearlySpent = false
        return limit.isNearlySpentForTheFirstTime()
    }

    /// The record uses `amount`.
    @inline(__always)
    mutating func use(_ amount: Int) {
        usedByRecord &+= amount
        if claimed < amount { claimForUse(amount) }
        claimed = max(0, claimed &- amount)
    }

    private mutating func claimForUse(_ amount: Int) {
        if let more = limit.claim(amount - claimed) {
            claimed += more
            mayBeNearlySpent = true
        } else {
            isExceeded = true
        }
    }

    /// Gives back what was not used.
    func release() { limit.giveBack(claimed) }
}
