import Records
import Synchronization
import Transform

/// Copies records, and fails at those whose value says so: "poison" for good, "silent" until the gate is opened.
final class TestTransform: RecordTransform {
    /// Stands for a KMS that answers or does not.
    final class Gate: Sendable {
        private let opened = Atomic<Bool>(false)
        var isOpen: Bool { opened.load(ordering: .relaxed) }
        func open() { opened.store(true, ordering: .relaxed) }
    }

    private let gate: Gate

    init(gate: Gate = Gate()) {
        self.gate = gate
    }

    func transform(_ record: RecordView, now: Int64) throws(TransformError) -> RecordView {
        guard let value = record.value else { return record }
        if value.elementsEqual("poison".utf8) {
            throw TransformError(.malformedPayload, "The value is not valid.", field: "ssn")
        }
        if value.elementsEqual("silent".utf8), !gate.isOpen {
            throw TransformError(.keyUnavailable, "The KMS does not answer.", isTransient: true, need: .schema(1))
        }
        return record
    }

    func obtain(_ need: TransformNeed, within milliseconds: Int) -> Bool {
        gate.isOpen
    }
}
