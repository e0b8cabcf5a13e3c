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
    private let timestamp: Int64?

    /// - Parameter timestamp: replaces every record's, if given.
    init(gate: Gate = Gate(), timestamp: Int64? = nil) {
        self.gate = gate
        self.timestamp = timestamp
    }

    func transform(_ record: RecordView, now: Int64) throws(TransformError) -> RecordView {
        guard let value = record.value else { return record }
        if value.elementsEqual("poison".utf8) {
            throw TransformError(.malformedPayload, "The value is not valid.", field: "ssn")
        }
        if value.elementsEqual("silent".utf8), !gate.isOpen {
            throw TransformError(.keyUnavailable, "The KMS does not answer.", isTransient: true, need: .schema(1))
        }
        var result = record
        result.timestamp = timestamp ?? record.timestamp
        return result
    }

    func obtain(_ need: TransformNeed, within milliseconds: Int) -> Bool {
        gate.isOpen
    }
}
