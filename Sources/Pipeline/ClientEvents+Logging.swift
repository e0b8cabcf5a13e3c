import KafkaClient
import Logging

extension ClientEvents {
    /// Handlers that write a client's lines and errors to `logger`; of equal ones, one a minute and the number of the others.
    static func logging(to logger: Logger) -> ClientEvents {
        let limiter = RepeatLimiter()
        return ClientEvents(
            log: { line in
                let level: Logger.Level =
                    switch line.severity {
                    case ...4: .warning
                    case 5: .notice
                    case 6: .info
                    default: .debug
                    }
                // Who debugs wants them all.
                guard level >= .info else { return logger.debug("librdkafka: \(line.message)") }
                guard
                    let leftOut = limiter.admit(
                        "\(level) \(line.facility) \(RepeatLimiter.kind(of: line.message))", now: MonotonicClock.now())
                else { return }
                var metadata: Logger.Metadata = ["facility": "\(line.facility)"]
                if leftOut > 0 { metadata["left_out"] = "\(leftOut)" }
                logger.log(level: level, "librdkafka: \(line.message)", metadata: metadata)
            },
            error: { error in
                let kind = error.failure?.code.name ?? "setting"
                guard let leftOut = limiter.admit(kind, now: MonotonicClock.now()) else { return }
                var metadata: Logger.Metadata = ["error": "\(error)"]
                if leftOut > 0 { metadata["left_out"] = "\(leftOut)" }
                logger.warning("Kafka reports an error", metadata: metadata)
            })
    }
}
