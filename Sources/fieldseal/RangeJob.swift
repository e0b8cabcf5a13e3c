import ArgumentParser
import Configuration
import Logging
import Pipeline
import Transform

/// Runs a bounded job with its progress on standard error, an audit event at its end, and a clean stop on SIGINT and
/// SIGTERM.
struct RangeJob {
    /// The pair, its source and target those of the job.
    let pair: TopicPair
    let range: TopicRange
    /// What tells this job from others of the same pair, source and target.
    let words: [String]
    let options: JobOptions
    let audit: AuditJournal
    let logger: Logger

    /// Makes the audit trail ready; prints why and exits where it can't be had and must.
    func begin() async throws {
        do {
            try await audit.start()
        } catch {
            StandardError.write("error: \(error)")
            throw error.exitStatus
        }
    }

    /// Runs to the end of the range, or until SIGINT or SIGTERM; blocks its thread.
    func run(_ transform: any RecordTransform) -> Result<BoundedRunProgress, PipelineError> {
        let run = BoundedRun(
            pair: pair, range: range, words: words, timeout: Int(options.timeout.milliseconds), logger: logger)
        let signals = StopSignals { run.stop() }
        defer { signals.cancel() }
        var told = JobProgress()
        return Result { () throws(PipelineError) in
            try run.run(transform) {
                told.tell(records: Int(clamping: $0.records), remaining: $0.remaining)
            }
        }
    }

    /// Puts on record what was done.
    ///
    /// - Returns: what was done; something remains where the job was asked to stop. Prints why and exits where it failed.
    func end(_ outcome: Result<BoundedRunProgress, PipelineError>) async throws -> BoundedRunProgress {
        record(outcome)
        await audit.stop(within: 3_000)
        do {
            return try outcome.get()
        } catch {
            StandardError.write("error: \(error)")
            throw error.exitStatus
        }
    }

    private func record(_ outcome: Result<BoundedRunProgress, PipelineError>) {
        var event = AuditEvent(
            .boundedRun, pair: pair.name, topic: pair.target, actor: options.actor, purpose: options.reason,
            details: ["source": pair.source, "job": words.first ?? ""])
        switch outcome {
        case .success(let progress):
            event.details["records"] = "\(progress.records)"
            event.details["remaining"] = "\(progress.remaining)"
        case .failure(let error): event.message = "\(error)"
        }
        audit.record(event)
    }
}
