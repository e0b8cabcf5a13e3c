import Testing

@testable import Pipeline

@Suite("The worker's state machine")
struct WorkerStateMachineTests {
    private static let cause = HaltCause(code: "malformed_payload", message: "The value is not valid.")

    /// A machine that holds partitions 0 and 1 from the given offsets on.
    private func machine(
        from offsets: [Int64] = [0, 0], limits: TopicPair.CommitLimits = .init(intervalMilliseconds: 100)
    ) -> WorkerStateMachine {
        var machine = WorkerStateMachine(limits: limits)
        _ = machine.assigned(
            offsets.enumerated().map { .init(partition: Int32($0.offset), position: $0.element) })
        return machine
    }

    // MARK: Records

    @Test("A record of a partition that it holds is transformed, of another dropped and counted")
    func onlyHeldPartitions() {
        var machine = machine()
        #expect(machine.recordArrived(partition: 1, offset: 0) == .transform)
        #expect(machine.recordArrived(partition: 2, offset: 0) == .drop)
        #expect(machine.recordArrived(partition: -1, offset: 0) == .drop)
        #expect(machine.recordArrived(partition: .max, offset: 0) == .drop)
        #expect(machine.droppedRecords == 3)
    }

    @Test("A record below the next offset is dropped and counted")
    func staleRecord() {
        var machine = machine(from: [5])
        #expect(machine.recordArrived(partition: 0, offset: 4) == .drop)
        #expect(machine.droppedRecords == 1)
        #expect(machine.recordArrived(partition: 0, offset: 5) == .transform)
    }

    @Test("A gap in the offsets, as compaction leaves it, is no obstacle")
    func gap() {
        var machine = machine()
        #expect(machine.recordArrived(partition: 0, offset: 7) == .transform)
        machine.transactionBegan(now: 0)
        machine.recordWritten(partition: 0, offset: 7, bytes: 1)
        #expect(machine.offsetsToCommit == [0: 8])
    }

    // MARK: The commit clock

    @Test("A transaction ends a commit interval after its first record, and not before")
    func commitInterval() {
        var machine = machine()
        #expect(machine.tick(now: 1_000) == .poll(milliseconds: 100))
        machine.transactionBegan(now: 1_000)
        machine.recordWritten(partition: 0, offset: 0, bytes: 1)
        #expect(machine.tick(now: 1_040) == .poll(milliseconds: 60))
        #expect(machine.tick(now: 1_099) == .poll(milliseconds: 1))
        #expect(machine.tick(now: 1_100) == .commit)
    }

    @Test("A transaction ends earlier by its number of records, or of bytes")
    func commitLimits() {
        var machine = machine(limits: .init(intervalMilliseconds: 100, records: 2, bytes: 10))
        machine.transactionBegan(now: 0)
        machine.recordWritten(partition: 0, offset: 0, bytes: 4)
        #expect(machine.tick(now: 0) == .poll(milliseconds: 100))
        machine.recordWritten(partition: 0, offset: 1, bytes: 4)
        #expect(machine.tick(now: 0) == .commit)
        machine.committed()
        machine.transactionBegan(now: 0)
        machine.recordWritten(partition: 0, offset: 2, bytes: 10)
        #expect(machine.tick(now: 0) == .commit)
    }

    @Test("A commit holds the touched partitions only, each with its next offset")
    func offsets() {
        var machine = machine(from: [10, 20])
        machine.transactionBegan(now: 0)
        machine.recordWritten(partition: 1, offset: 20, bytes: 1)
        machine.recordWritten(partition: 1, offset: 21, bytes: 1)
        #expect(machine.offsetsToCommit == [1: 22])
        machine.committed()
        #expect(machine.offsetsToCommit.isEmpty)
        #expect(machine.transaction == nil)
    }

    // MARK: Failures

    @Test("A record that fails for good halts its partition after a commit that ends before it; others go on")
    func permanentFailure() {
        var machine = machine()
        machine.transactionBegan(now: 0)
        machine.recordWritten(partition: 0, offset: 0, bytes: 1)
        #expect(
            machine.recordFailed(partition: 0, offset: 1, canWait: false, now: 0) == .halt(commitFirst: true))
        #expect(machine.offsetsToCommit == [0: 1])
        machine.committed()
        machine.halt(partition: 0, cause: Self.cause, isTransient: false, now: 0, random: 0)
        #expect(machine.halts[0] == .init(offset: 1, cause: Self.cause, retryAt: nil))
        #expect(machine.recordArrived(partition: 0, offset: 1) == .drop)
        #expect(machine.recordArrived(partition: 1, offset: 0) == .transform)
        #expect(machine.tick(now: .max / 2) == .poll(milliseconds: 100))
    }

    @Test("Without an open transaction a failing record halts its partition at once, and nothing is committed")
    func failureWithoutTransaction() {
        var machine = machine()
        #expect(
            machine.recordFailed(partition: 0, offset: 3, canWait: false, now: 0) == .halt(commitFirst: false))
        machine.halt(partition: 0, cause: Self.cause, isTransient: false, now: 0, random: 0)
        #expect(machine.offsetsToCommit.isEmpty)
        #expect(machine.halts[0]?.offset == 3)
    }

    @Test("A transient failure waits in place for a second in all, then halts with a time to try again")
    func transientFailure() {
        var machine = machine()
        #expect(
            machine.recordFailed(partition: 0, offset: 0, canWait: true, now: 500) == .wait(milliseconds: 1_000))
        #expect(
            machine.recordFailed(partition: 0, offset: 0, canWait: true, now: 900) == .wait(milliseconds: 600))
        #expect(
            machine.recordFailed(partition: 0, offset: 0, canWait: true, now: 1_500) == .halt(commitFirst: false))
        machine.halt(partition: 0, cause: Self.cause, isTransient: true, now: 1_500, random: 0)
        #expect(machine.halts[0]?.retryAt == 1_625)
    }

    @Test("After a wait in vain another record halts without waiting")
    func noWaitAfterWait() {
        var machine = machine()
        _ = machine.recordFailed(partition: 0, offset: 0, canWait: true, now: 0)
        _ = machine.recordFailed(partition: 0, offset: 0, canWait: false, now: 1_000)
        #expect(
            machine.recordFailed(partition: 1, offset: 0, canWait: true, now: 1_500) == .halt(commitFirst: false))
        #expect(
            machine.recordFailed(partition: 1, offset: 0, canWait: true, now: 2_000) == .wait(milliseconds: 1_000))
    }

    @Test("A wait that helped leaves the next record its full second")
    func waitThatHelped() {
        var machine = machine()
        _ = machine.recordFailed(partition: 0, offset: 0, canWait: true, now: 0)
        machine.transactionBegan(now: 0)
        machine.recordWritten(partition: 0, offset: 0, bytes: 1)
        #expect(
            machine.recordFailed(partition: 0, offset: 1, canWait: true, now: 990) == .wait(milliseconds: 1_000))
    }

    @Test("A halted partition is tried again when its time has come, and goes on at the record that failed")
    func retry() {
        var machine = machine()
        _ = machine.recordFailed(partition: 0, offset: 4, canWait: false, now: 0)
        machine.halt(partition: 0, cause: Self.cause, isTransient: true, now: 0, random: 0)
        #expect(machine.tick(now: 100) == .poll(milliseconds: 25))
        #expect(machine.tick(now: 125) == .retry(partition: 0))
        #expect(machine.retrySucceeded(partition: 0) == 4)
        #expect(machine.halts.isEmpty)
        #expect(machine.tick(now: 125) == .poll(milliseconds: 100))
        #expect(machine.recordArrived(partition: 0, offset: 4) == .transform)
    }

    @Test("Attempts in vain come less and less often, and leave time for records between them")
    func backoff() {
        var machine = machine()
        _ = machine.recordFailed(partition: 0, offset: 0, canWait: false, now: 0)
        machine.halt(partition: 0, cause: Self.cause, isTransient: true, now: 0, random: 0)
        var pauses: [Int64] = []
        for _ in 0..<12 {
            machine.retryFailed(partition: 0, now: 0, random: 0)
            pauses.append(machine.halts[0]?.retryAt ?? -1)
        }
        #expect(pauses == pauses.sorted())
        #expect(pauses.last == 15_000)
        machine.retryFailed(partition: 0, now: 50_000, random: .max)
        #expect(machine.tick(now: 50_000) == .poll(milliseconds: 100))
    }

    @Test("A partition that fails again after a resume without progress waits longer")
    func repeatedHalt() {
        var machine = machine()
        var pauses: [Int64] = []
        for _ in 0..<3 {
            _ = machine.recordFailed(partition: 0, offset: 0, canWait: false, now: 0)
            machine.halt(partition: 0, cause: Self.cause, isTransient: true, now: 0, random: 0)
            pauses.append(machine.halts[0]?.retryAt ?? -1)
            _ = machine.retrySucceeded(partition: 0)
        }
        #expect(pauses == [125, 250, 500])
    }

    @Test("What is tried again in vain is no news; another cause is; it is over when a record is through")
    func retriedHalt() {
        var machine = machine()
        func fail(_ offset: Int64, _ code: String) -> Bool {
            _ = machine.recordFailed(partition: 0, offset: offset, canWait: false, now: 0)
            return machine.halt(
                partition: 0, cause: HaltCause(code: code, message: "", field: nil), isTransient: true, now: 0,
                random: 0)
        }
        #expect(fail(0, "key_refused"))
        _ = machine.retrySucceeded(partition: 0)
        #expect(machine.halts.isEmpty && machine.retried[0]?.offset == 0)
        #expect(!fail(0, "key_refused"))
        #expect(machine.retried.isEmpty && machine.halts[0]?.offset == 0)
        _ = machine.retrySucceeded(partition: 0)
        #expect(fail(0, "key_unavailable"))
        _ = machine.retrySucceeded(partition: 0)
        #expect(machine.takeResumed(partition: 0) == 0)
        #expect(machine.takeResumed(partition: 0) == nil)
        #expect(fail(1, "key_unavailable"))
        _ = machine.retrySucceeded(partition: 0)
        machine.revoked()
        #expect(machine.retried.isEmpty)
    }

    // MARK: Aborts

    @Test("An abort sends every touched partition back to where the transaction began")
    func abort() {
        var machine = machine(from: [10, 20])
        machine.transactionBegan(now: 0)
        machine.recordWritten(partition: 0, offset: 10, bytes: 1)
        machine.committed()
        machine.transactionBegan(now: 0)
        machine.recordWritten(partition: 0, offset: 11, bytes: 1)
        machine.recordWritten(partition: 0, offset: 12, bytes: 1)
        let plan = machine.aborted(reason: "", now: 0, random: 0)
        #expect(plan == .init(seeks: [0: 11], pauses: []))
        #expect(machine.transaction == nil)
        #expect(machine.recordArrived(partition: 0, offset: 11) == .transform)
    }

    @Test("A partition that halted before the transaction stays where it is when that is aborted")
    func abortLeavesHalted() {
        var machine = machine()
        _ = machine.recordFailed(partition: 0, offset: 5, canWait: false, now: 0)
        machine.halt(partition: 0, cause: Self.cause, isTransient: false, now: 0, random: 0)
        machine.transactionBegan(now: 0)
        machine.recordWritten(partition: 1, offset: 0, bytes: 1)
        #expect(machine.aborted(reason: "", now: 0, random: 0).seeks == [1: 0])
        #expect(machine.halts[0]?.offset == 5)
    }

    @Test("A record whose halt was to follow a commit that was aborted is repeated with the rest")
    func abortBeforeHalt() {
        var machine = machine()
        machine.transactionBegan(now: 0)
        machine.recordWritten(partition: 0, offset: 0, bytes: 1)
        _ = machine.recordFailed(partition: 0, offset: 1, canWait: false, now: 0)
        #expect(machine.aborted(reason: "", now: 0, random: 0).seeks == [0: 0])
        #expect(machine.halts.isEmpty)
    }

    @Test("From the second abort in a row on the touched partitions stand still for a growing while")
    func repeatedAborts() {
        var machine = machine()
        var pauses: [Int64?] = []
        for _ in 0..<4 {
            machine.transactionBegan(now: 0)
            machine.recordWritten(partition: 0, offset: 0, bytes: 1)
            let plan = machine.aborted(reason: "", now: 0, random: 0)
            pauses.append(plan.pauses == [0] ? machine.halts[0]?.retryAt : nil)
            _ = machine.retrySucceeded(partition: 0)
        }
        #expect(pauses == [nil, 250, 500, 1_000])
        machine.transactionBegan(now: 0)
        machine.recordWritten(partition: 0, offset: 0, bytes: 1)
        machine.committed()
        #expect(machine.abortsInARow == 0)
    }

    // MARK: Failed calls

    @Test(
        "A failed call is repeated, aborts, starts anew or stops, by what Kafka says of it",
        arguments: [
            (TransactionFailure(isRetriable: true), WorkerStateMachine.RecoveryAction.retry),
            (TransactionFailure(requiresAbort: true), .abort),
            (TransactionFailure(isFatal: true), .restart),
            (TransactionFailure(), .restart),
            (TransactionFailure(isRefused: true, requiresAbort: true), .stopRefused),
            (TransactionFailure(isFenced: true, isFatal: true), .stopFenced),
        ])
    func recovery(failure: TransactionFailure, action: WorkerStateMachine.RecoveryAction) {
        let machine = machine()
        #expect(machine.recovery(from: failure, isDynamic: false, transactionTimeout: 60_000, now: 0) == action)
    }

    @Test("A fenced worker without a name of its own, or whose transaction timed out, starts anew")
    func fenced() {
        var machine = machine()
        let fenced = TransactionFailure(isFenced: true, isFatal: true)
        machine.transactionBegan(now: 1_000)
        #expect(machine.recovery(from: fenced, isDynamic: true, transactionTimeout: 60_000, now: 1_000) == .restart)
        #expect(
            machine.recovery(from: fenced, isDynamic: false, transactionTimeout: 60_000, now: 60_999) == .stopFenced)
        #expect(machine.recovery(from: fenced, isDynamic: false, transactionTimeout: 60_000, now: 61_000) == .restart)
    }

    // MARK: Rebalances

    @Test("Before partitions go, the open transaction is committed, or aborted if others may have them")
    func revocation() {
        var machine = machine()
        #expect(machine.revocation(isLost: false) == .none)
        #expect(machine.revocation(isLost: true) == .none)
        machine.transactionBegan(now: 0)
        #expect(machine.revocation(isLost: false) == .commit)
        #expect(machine.revocation(isLost: true) == .abort)
    }

    @Test("After a revocation no record is taken, and nothing is left to commit")
    func revoked() {
        var machine = machine()
        machine.transactionBegan(now: 0)
        machine.recordWritten(partition: 0, offset: 0, bytes: 1)
        machine.revoked()
        #expect(machine.recordArrived(partition: 0, offset: 1) == .drop)
        #expect(machine.offsetsToCommit.isEmpty)
        #expect(machine.positions.isEmpty)
        #expect(machine.tick(now: 1_000) == .poll(milliseconds: 100))
    }

    @Test("A halted partition that comes back at the same offset is paused again; moved on, it is not")
    func haltSurvivesRebalance() {
        for (position, isHalted) in [(Int64(5), true), (6, false)] {
            var machine = machine()
            _ = machine.recordFailed(partition: 1, offset: 5, canWait: false, now: 0)
            machine.halt(partition: 1, cause: Self.cause, isTransient: false, now: 0, random: 0)
            machine.revoked()
            let paused = machine.assigned([
                .init(partition: 0, position: 0), .init(partition: 1, position: position),
            ])
            #expect(paused == (isHalted ? [1] : []))
            #expect((machine.halts[1] != nil) == isHalted)
        }
    }

    @Test("A partition that comes with a cause stands still; once the cause is gone, so is the halt")
    func haltOfThePartition() {
        var machine = WorkerStateMachine(limits: .init())
        let cause = HaltCause.targetPartitionMissing(target: "t")
        #expect(machine.assigned([.init(partition: 3, position: nil, cause: cause)]).isEmpty)
        #expect(machine.recordArrived(partition: 3, offset: 0) == .drop)
        #expect(machine.assigned([.init(partition: 3, position: 0)]).isEmpty)
        #expect(machine.recordArrived(partition: 3, offset: 0) == .transform)
    }

    @Test("Whatever happens, nothing is committed past a record that was not written", arguments: 0..<200)
    func nothingIsSkipped(seed: Int) {
        var random = SplitMix64(seed: UInt64(seed))
        var machine = machine(from: [0], limits: .init(intervalMilliseconds: 10, records: 5))
        var written: [Int64] = []
        var pending: [Int64] = []
        var position: Int64 = 0
        var committed: Int64 = 0
        var now: Int64 = 0
        func finish(_ isCommitted: Bool, _ machine: inout WorkerStateMachine) {
            if isCommitted {
                committed = machine.offsetsToCommit[0] ?? committed
                written += pending
                machine.committed()
            } else if let back = machine.aborted(reason: "", now: now, random: random.next()).seeks[0] {
                position = back
            }
            pending = []
        }
        for _ in 0..<1_000 {
            now += Int64(random.next() % 60)
            switch machine.tick(now: now) {
            case .commit: finish(random.next() % 4 != 0, &machine)
            case .retry(let partition): position = machine.retrySucceeded(partition: partition) ?? position
            case .poll:
                // A stale record now and then, as a consumer may return it after a seek.
                let offset = random.next() % 10 == 0 ? max(position - 2, 0) : position
                guard machine.recordArrived(partition: 0, offset: offset) == .transform else { continue }
                if random.next() % 6 == 0 {
                    let action = machine.recordFailed(partition: 0, offset: offset, canWait: false, now: now)
                    if action == .halt(commitFirst: true) {
                        let isCommitted = random.next() % 4 != 0
                        finish(isCommitted, &machine)
                        if !isCommitted { continue }
                    }
                    machine.halt(partition: 0, cause: Self.cause, isTransient: true, now: now, random: random.next())
                    position = machine.halts[0]?.offset ?? position
                } else {
                    if machine.transaction == nil { machine.transactionBegan(now: now) }
                    machine.recordWritten(partition: 0, offset: offset, bytes: 1)
                    pending.append(offset)
                    position = offset + 1
                }
            }
            #expect(written == Array(0..<committed))
        }
        #expect(committed > 0)
    }

    @Test("Where the records to go on with are gone, the partition goes on after them, also where it stood still")
    func gapPassed() {
        var machine = WorkerStateMachine(limits: .init())
        _ = machine.assigned([
            .init(partition: 0, position: 5, cause: nil), .init(partition: 1, position: 3, cause: nil),
        ])
        let cause = HaltCause(code: "malformed_payload", message: "")
        _ = machine.recordFailed(partition: 0, offset: 5, canWait: false, now: 0)
        machine.halt(partition: 0, cause: cause, isTransient: false, now: 0, random: 0)
        machine.gapPassed(partition: 0, to: 9)
        #expect(machine.halts.isEmpty)
        #expect(machine.positions.map(\.next) == [9, 3])
        let early = machine.recordArrived(partition: 0, offset: 8)
        let due = machine.recordArrived(partition: 0, offset: 9)
        #expect(early == .drop)
        #expect(due == .transform)
        machine.gapPassed(partition: 1, to: 2)
        #expect(machine.positions.map(\.next) == [9, 3], "nothing goes back")
    }
}
