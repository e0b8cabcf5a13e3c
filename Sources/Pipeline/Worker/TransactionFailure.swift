import KafkaClient

/// What the state machine needs to know of a failed call to Kafka.
struct TransactionFailure: Equatable {
    var isFenced = false
    var isRefused = false
    var isFatal = false
    var isRetriable = false
    var requiresAbort = false
}

extension TransactionFailure {
    /// Reads the failure out of `error`.
    init(_ error: KafkaError) {
        if case .fenced = error { isFenced = true }
        if case .refused = error { isRefused = true }
        isFatal = error.failure?.isFatal ?? false
        isRetriable = error.failure?.isRetriable ?? false
        requiresAbort = error.failure?.requiresAbort ?? false
    }
}
