/// A worker's decisions, apart from all I/O: what happened goes in, what to do comes out.
///
/// It knows no clock but the milliseconds it is given (`now`, monotonic) and no chance but the numbers it is given.
/// "Transaction" is a Kafka transaction, or in at-least-once delivery the records between two offset commits.
///
/// Invariants: `next` is one past the last record processed; `start` is where the partition goes back to when the
/// transaction is aborted; a halted partition has `next == start` and is not part of any transaction.
struct WorkerStateMachine {
    /// A transaction's progress.
    struct Transaction: Equatable {
        var began: Int64
        var records = 0
        var bytes = 0
    }

    /// A partition's place.
    private struct Progress {
        var isAssigned = false
        var isHalted = false
        var next: Int64 = 0
        var start: Int64 = 0
        /// Halts for transient reasons since a record was last written.
        var attempts = 0

        var isTouched: Bool { isAssigned && next != start }
    }

    /// A partition that stands still.
    struct Halt: Equatable {
        var offset: Int64
        var cause: HaltCause
        /// When to try again; nil for good.
        var retryAt: Int64?
        /// Whether the record at `offset` is the reason, and not the partition itself.
        var isOfRecord = true
        /// Whether leaving that record out would help.
        var canBeSkipped = true
    }

    /// A partition that comes, and where reading goes on.
    struct Assignment: Equatable {
        var partition: Int32
        /// The first record to process; nil where that is not known, and then `cause` says why.
        var position: Int64?
        var cause: HaltCause?
    }

    /// What to do with a record that was read.
    enum RecordAction: Equatable {
        case drop
        case transform
    }

    /// What to do with a record that could not be transformed.
    enum FailureAction: Equatable {
        /// Wait for what is missing at most this long, then transform it again.
        case wait(milliseconds: Int)
        /// Commit the open transaction if there is one, then halt the partition.
        case halt(commitFirst: Bool)
    }

    /// What to do between two records.
    enum TickAction: Equatable {
        case commit
        /// See whether what this halted partition lacks has come.
        case retry(partition: Int32)
        /// Wait for a record at most this long.
        case poll(milliseconds: Int)
    }

    /// What to do before partitions go.
    enum RevocationAction: Equatable {
        case none
        case commit
        case abort
    }

    /// What to do after a failed call.
    enum RecoveryAction: Equatable {
        case retry
        case abort
        /// A new producer and a new consumer.
        case restart
        case stopFenced
        case stopRefused
    }

    /// Where to go on after an abort, and what to leave standing for a while.
    struct AbortPlan: Equatable {
        var seeks: [Int32: Int64] = [:]
        var pauses: [Int32] = []
    }

    /// When a transaction ends.
    let limits: TopicPair.CommitLimits
    /// How long a record may wait in place for a KMS or a registry, in milliseconds.
    static let longestWait: Int64 = 1_000
    /// How long a poll may last, so that a stop is seen, in milliseconds.
    static let longestPoll: Int64 = 100
    /// More partitions than any topic has; numbers beyond are not believed.
    private static let mostPartitions: Int32 = 1_000_000

    private let backoff = Backoff()
    private var partitions: [Progress] = []
    private(set) var transaction: Transaction?
    private(set) var halts: [Int32: Halt] = [:]
    /// Halts that are tried again: for whoever looks they hold until a record is through.
    private(set) var retried: [Int32: Halt] = [:]
    /// Halts of partitions that were taken away; they hold again if the partition comes back unchanged.
    private var retainedHalts: [Int32: Halt] = [:]
    private var nextRetry = Int64.max
    /// When the record in hand has waited long enough; nil while none waits.
    private var waitDeadline: Int64?
    /// After a wait that was in vain no other begins for as long again, so that records which lack nothing get through.
    private var waitNotBefore = Int64.min
    private(set) var abortsInARow = 0
    /// Whether all partitions are to stand still, for a reason outside of them; no transaction is open meanwhile.
    private(set) var isIdle = false
    /// Records below `next` or on partitions that stand still or are gone.
    private(set) var droppedRecords: UInt64 = 0
    /// Looks for what a broker refuses; outlives the clients.
    var search = RefusedRecordSearch()

    init(limits: TopicPair.CommitLimits) {
        self.limits = limits
    }

    // MARK: Records

    /// A record was read.
    mutating func recordArrived(partition: Int32, offset: Int64) -> RecordAction {
        guard let index = index(of: partition), partitions[index].isAssigned, !partitions[index].isHalted, !isIdle,
            offset >= partitions[index].next
        else {
            droppedRecords &+= 1
            return .drop
        }
        return .transform
    }

    /// A transaction was begun for the record in hand.
    mutating func transactionBegan(now: Int64) {
        transaction = Transaction(began: now)
    }

    /// The record in hand was given to the producer with `bytes` of content.
    mutating func recordWritten(partition: Int32, offset: Int64, bytes: Int) {
        guard let index = index(of: partition) else { return }
        partitions[index].next = offset &+ 1
        partitions[index].attempts = 0
        transaction?.records += 1
        transaction?.bytes += bytes
        waitDeadline = nil
    }

    /// The record in hand was not transformed, and nothing of it was produced.
    ///
    /// - Parameter canWait: whether waiting for what is missing makes sense.
    mutating func recordFailed(partition: Int32, offset: Int64, canWait: Bool, now: Int64) -> FailureAction {
        if let wait = waitInPlace(canWait: canWait, now: now) { return .wait(milliseconds: wait) }
        guard let index = index(of: partition) else { return .halt(commitFirst: false) }
        partitions[index].next = offset
        if transaction == nil { partitions[index].start = offset }
        return .halt(commitFirst: transaction != nil)
    }

    private mutating func waitInPlace(canWait: Bool, now: Int64) -> Int? {
        if canWait {
            if waitDeadline == nil, now >= waitNotBefore { waitDeadline = now + Self.longestWait }
            if let deadline = waitDeadline, deadline > now { return Int(deadline - now) }
        }
        if waitDeadline != nil { waitNotBefore = now + Self.longestWait }
        waitDeadline = nil
        return nil
    }

    /// The transaction before the failed record is committed: the partition stands still at it.
    ///
    /// - Parameter isTransient: whether to try again later by itself.
    /// - Returns: whether that is news; false where it was only tried in vain whether the partition can go on.
    @discardableResult
    mutating func halt(
        partition: Int32, cause: HaltCause, isTransient: Bool, now: Int64, random: UInt64
    ) -> Bool {
        guard let index = index(of: partition), partitions[index].isAssigned else { return false }
        partitions[index].isHalted = true
        partitions[index].start = partitions[index].next
        var halt = Halt(offset: partitions[index].next, cause: cause)
        if isTransient {
            partitions[index].attempts += 1
            halt.retryAt = now + backoff.delay(after: partitions[index].attempts, random: random)
        }
        halts[partition] = halt
        findNextRetry()
        let before = retried.removeValue(forKey: partition)
        return before?.offset != halt.offset || before?.cause.code != cause.code
    }

    /// A record of a partition is through, or left out.
    ///
    /// - Returns: where the partition stood still until then, if it did.
    mutating func takeResumed(partition: Int32) -> Int64? {
        retried.removeValue(forKey: partition)?.offset
    }

    /// The records before `offset` are gone: the partition goes on there, also where it stood still at one of them.
    mutating func gapPassed(partition: Int32, to offset: Int64) {
        guard let index = index(of: partition), partitions[index].isAssigned, partitions[index].next < offset else {
            return
        }
        partitions[index].next = offset
        partitions[index].start = offset
        partitions[index].attempts = 0
        partitions[index].isHalted = false
        halts[partition] = nil
        retried[partition] = nil
        findNextRetry()
    }

    // MARK: Time

    /// Time has passed.
    ///
    /// It changes nothing; mutating it is called in place, where the machine would be copied for each record.
    mutating func tick(now: Int64) -> TickAction {
        if isIdle, transaction == nil { return .poll(milliseconds: Int(Self.longestPoll)) }
        var wait = Self.longestPoll
        if let transaction {
            let left = transaction.began + Int64(limits.intervalMilliseconds) - now
            if left <= 0 || transaction.records >= limits.records || transaction.bytes >= limits.bytes {
                return .commit
            }
            wait = min(wait, left)
        }
        if nextRetry != .max {
            let left = max(nextRetry, waitNotBefore) - now
            if left <= 0, let due = halts.first(where: { $0.value.retryAt == nextRetry }) {
                return .retry(partition: due.key)
            }
            wait = min(wait, max(left, 1))
        }
        return .poll(milliseconds: Int(wait))
    }

    /// What the halted partition lacked is there, or may be: its record is tried again.
    ///
    /// - Returns: where it goes on.
    mutating func retrySucceeded(partition: Int32) -> Int64? {
        guard let index = index(of: partition), let halt = halts.removeValue(forKey: partition) else { return nil }
        retried[partition] = halt
        partitions[index].isHalted = false
        findNextRetry()
        return halt.offset
    }

    /// What the halted partition lacks is still not there.
    mutating func retryFailed(partition: Int32, now: Int64, random: UInt64) {
        guard let index = index(of: partition), halts[partition] != nil else { return }
        partitions[index].attempts += 1
        halts[partition]?.retryAt = now + backoff.delay(after: partitions[index].attempts, random: random)
        waitNotBefore = now + Self.longestWait
        findNextRetry()
    }

    /// Whether the partition stands still at exactly this record, and could go on behind it.
    func canSkip(partition: Int32, offset: Int64) -> Bool {
        guard let halt = halts[partition], !isIdle else { return false }
        return halt.canBeSkipped && halt.offset == offset && offset < .max
    }

    /// The record that the partition stands at is left out: that is part of the open transaction. When that is committed,
    /// the partition goes on behind the record; when it is aborted, at the record.
    mutating func skip(partition: Int32) {
        guard let index = index(of: partition), let halt = halts.removeValue(forKey: partition) else { return }
        partitions[index].isHalted = false
        partitions[index].attempts = 0
        partitions[index].next = halt.offset &+ 1
        findNextRetry()
    }

    private mutating func findNextRetry() {
        nextRetry = halts.values.compactMap(\.retryAt).min() ?? .max
    }

    // MARK: Transactions

    /// What the transaction in hand commits: per touched partition the next offset.
    var offsetsToCommit: [Int32: Int64] {
        var offsets: [Int32: Int64] = [:]
        for (index, partition) in partitions.enumerated() where partition.isTouched {
            offsets[Int32(index)] = partition.next
        }
        return offsets
    }

    /// The transaction is committed.
    mutating func committed() {
        search.committed(offsetsToCommit)
        for index in partitions.indices { partitions[index].start = partitions[index].next }
        transaction = nil
        abortsInARow = 0
    }

    /// The transaction is aborted: every touched partition goes back to where it began.
    ///
    /// From the second abort in a row on, these partitions also stand still for a while.
    mutating func aborted(reason: String, now: Int64, random: UInt64) -> AbortPlan {
        var plan = AbortPlan()
        for (index, partition) in partitions.enumerated() where partition.isTouched {
            plan.seeks[Int32(index)] = partition.start
            partitions[index].next = partition.start
        }
        transaction = nil
        waitDeadline = nil
        abortsInARow += 1
        guard abortsInARow > 1 else { return plan }
        for partition in plan.seeks.keys.sorted() {
            halt(partition: partition, cause: .transactionAborted(reason), isTransient: true, now: now, random: random)
            halts[partition]?.retryAt = now + backoff.delay(after: abortsInARow, random: random)
            // Whatever Kafka refuses, it is not this record.
            halts[partition]?.canBeSkipped = false
            plan.pauses.append(partition)
        }
        findNextRetry()
        return plan
    }

    /// A call to Kafka has failed.
    ///
    /// - Parameters:
    ///   - isDynamic: whether the member has no name that another process could have.
    ///   - transactionTimeout: `transaction.timeout.ms`.
    func recovery(
        from failure: TransactionFailure, isDynamic: Bool, transactionTimeout: Int64, now: Int64
    ) -> RecoveryAction {
        if failure.isFenced {
            // A producer whose own transaction timed out looks fenced too.
            let hasTimedOut = transaction.map { now - $0.began >= transactionTimeout } ?? false
            return isDynamic || hasTimedOut ? .restart : .stopFenced
        }
        if failure.isRefused { return .stopRefused }
        if failure.isFatal { return .restart }
        if failure.requiresAbort { return .abort }
        return failure.isRetriable ? .retry : .restart
    }

    // MARK: Idleness

    /// Everything is to stand still; what was open is committed.
    ///
    /// - Returns: the partitions to pause: those that do not stand still already.
    mutating func becameIdle() -> [Int32] {
        isIdle = true
        waitDeadline = nil
        return movingPartitions.map(\.partition)
    }

    /// Everything may go on.
    ///
    /// - Returns: where the partitions go on that do not stand still for a reason of their own.
    mutating func becameActive() -> [Int32: Int64] {
        isIdle = false
        return Dictionary(uniqueKeysWithValues: movingPartitions.map { ($0.partition, $0.next) })
    }

    private var movingPartitions: [(partition: Int32, next: Int64)] {
        positions.filter { halts[$0.partition] == nil }
    }

    // MARK: Partitions

    /// All partitions are about to go.
    ///
    /// - Parameter isLost: whether others may have them already.
    func revocation(isLost: Bool) -> RevocationAction {
        guard transaction != nil else { return .none }
        return isLost ? .abort : .commit
    }

    /// All partitions are gone, or the clients are.
    mutating func revoked() {
        for (partition, halt) in halts where halt.isOfRecord { retainedHalts[partition] = halt }
        halts = [:]
        retried = [:]
        nextRetry = .max
        transaction = nil
        waitDeadline = nil
        for index in partitions.indices {
            partitions[index].isAssigned = false
            partitions[index].isHalted = false
        }
    }

    /// These partitions, and only these, are the worker's now.
    ///
    /// - Returns: those among them that have a position and stand still: they are to be paused.
    mutating func assigned(_ assignments: [Assignment]) -> [Int32] {
        revoked()
        for assignment in assignments { add(assignment) }
        retainedHalts = [:]
        findNextRetry()
        return assignments.filter { $0.position != nil && (isIdle || halts[$0.partition] != nil) }.map(\.partition)
    }

    private mutating func add(_ assignment: Assignment) {
        guard assignment.partition >= 0, assignment.partition < Self.mostPartitions else { return }
        let index = Int(assignment.partition)
        while partitions.count <= index { partitions.append(Progress()) }
        var progress = Progress()
        progress.isAssigned = true
        progress.next = assignment.position ?? 0
        progress.start = progress.next
        if let cause = assignment.cause {
            progress.isHalted = true
            halts[assignment.partition] = Halt(
                offset: progress.next, cause: cause, isOfRecord: false, canBeSkipped: false)
        } else if let halt = retainedHalts[assignment.partition], halt.offset == progress.next {
            progress.isHalted = true
            progress.attempts = partitions[index].attempts
            halts[assignment.partition] = halt
        }
        partitions[index] = progress
    }

    /// Where every assigned partition stands, in order.
    var positions: [(partition: Int32, next: Int64)] {
        partitions.enumerated().filter(\.element.isAssigned).map { (Int32($0.offset), $0.element.next) }
    }

    private func index(of partition: Int32) -> Int? {
        partition >= 0 && Int(partition) < partitions.count ? Int(partition) : nil
    }
}
