import Testing

@testable import Pipeline

@Suite("The worker's state machine when it is idle, and when records are left out")
struct IdleStateTests {
    private static let cause = HaltCause(code: "malformed_payload", message: "The value is not valid.")

    private func machine(from offsets: [Int64]) -> WorkerStateMachine {
        var machine = WorkerStateMachine(limits: .init(intervalMilliseconds: 100))
        _ = machine.assigned(offsets.enumerated().map { .init(partition: Int32($0.offset), position: $0.element) })
        return machine
    }

    private func halt(_ machine: inout WorkerStateMachine, partition: Int32, offset: Int64, isTransient: Bool = false) {
        _ = machine.recordFailed(partition: partition, offset: offset, canWait: false, now: 0)
        machine.halt(partition: partition, cause: Self.cause, isTransient: isTransient, now: 0, random: 0)
    }

    @Test("An idle worker takes no record, pauses what moves, and goes on where that stood")
    func idle() {
        var machine = machine(from: [5, 7])
        machine.transactionBegan(now: 0)
        machine.recordWritten(partition: 0, offset: 5, bytes: 1)
        machine.committed()
        halt(&machine, partition: 1, offset: 9)
        #expect(machine.becameIdle() == [0])
        #expect(machine.isIdle && machine.halts.keys.sorted() == [1])
        #expect(machine.recordArrived(partition: 0, offset: 6) == .drop)
        #expect(machine.tick(now: 50) == .poll(milliseconds: 100))
        #expect(machine.becameActive() == [0: 6])
        #expect(machine.recordArrived(partition: 0, offset: 6) == .transform)
    }

    @Test("Nothing is tried again while the worker is idle, and it is afterwards")
    func noRetry() {
        var machine = machine(from: [0])
        halt(&machine, partition: 0, offset: 0, isTransient: true)
        _ = machine.becameIdle()
        #expect(machine.tick(now: 1_000_000) == .poll(milliseconds: 100))
        #expect(machine.becameActive().isEmpty)
        #expect(machine.tick(now: 1_000_000) == .retry(partition: 0))
    }

    @Test("Partitions that come to an idle worker are paused, all of them")
    func assignedWhileIdle() {
        var machine = machine(from: [])
        #expect(machine.becameIdle().isEmpty)
        let paused = machine.assigned([
            .init(partition: 0, position: 3), .init(partition: 1, position: 4),
            .init(partition: 2, position: nil, cause: Self.cause),
        ])
        #expect(paused == [0, 1])
        #expect(machine.becameActive() == [0: 3, 1: 4])
    }

    @Test("A record is left out only where the partition stands halted at exactly it")
    func skipOnlyThere() {
        var machine = machine(from: [5, 5])
        halt(&machine, partition: 0, offset: 5)
        #expect(machine.canSkip(partition: 0, offset: 5))
        #expect(!machine.canSkip(partition: 0, offset: 4) && !machine.canSkip(partition: 0, offset: 6))
        #expect(!machine.canSkip(partition: 1, offset: 5) && !machine.canSkip(partition: 9, offset: 5))
        _ = machine.becameIdle()
        #expect(!machine.canSkip(partition: 0, offset: 5))
    }

    @Test("A skip is part of the transaction: once that is committed, the partition is past the record")
    func skipCommitted() {
        var machine = machine(from: [5, 5])
        halt(&machine, partition: 0, offset: 5)
        machine.transactionBegan(now: 0)
        machine.recordWritten(partition: 1, offset: 5, bytes: 1)
        machine.skip(partition: 0)
        #expect(machine.offsetsToCommit == [0: 6, 1: 6])
        machine.committed()
        #expect(machine.halts.isEmpty && machine.offsetsToCommit.isEmpty)
        #expect(machine.recordArrived(partition: 0, offset: 5) == .drop)
        #expect(machine.recordArrived(partition: 0, offset: 6) == .transform)
    }

    @Test("A skip whose transaction is aborted leaves the record to be read again")
    func skipAborted() {
        var machine = machine(from: [5])
        halt(&machine, partition: 0, offset: 5)
        machine.transactionBegan(now: 0)
        machine.skip(partition: 0)
        #expect(machine.aborted(reason: "x", now: 0, random: 0).seeks == [0: 5])
        #expect(machine.recordArrived(partition: 0, offset: 5) == .transform)
    }

    @Test("Where Kafka keeps aborting, or the partition itself is at fault, no record can be left out")
    func notOfRecord() {
        var machine = machine(from: [5])
        for _ in 0..<2 {
            machine.transactionBegan(now: 0)
            machine.recordWritten(partition: 0, offset: 5, bytes: 1)
            _ = machine.aborted(reason: "x", now: 0, random: 0)
        }
        #expect(machine.halts[0]?.offset == 5)
        #expect(!machine.canSkip(partition: 0, offset: 5))
        _ = machine.assigned([.init(partition: 0, position: 5, cause: Self.cause)])
        #expect(!machine.canSkip(partition: 0, offset: 5))
    }
}
