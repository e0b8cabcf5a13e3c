import KafkaClient

/// How a worker's session ended.
enum SessionEnd {
    /// As asked.
    case stopped
    /// The clients are to be replaced at once, since nothing failed.
    case renew
    /// The clients are to be replaced.
    case restart(KafkaError)
    /// The worker can't go on.
    case failed(PipelineError)
}
