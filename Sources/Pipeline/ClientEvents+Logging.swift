import KafkaClient
import Logging

extension ClientEvents {
    /// Handlers that write librdkafka's lines and errors to `logger`.
    static func logging(to logger: Logger) -> ClientEvents {
        ClientEvents(
            log: { line in
                let level: Logger.Level =
                    switch line.severity {
                    case ...4: .warning
                    case 5: .notice
                    case 6: .info
                    default: .debug
                    }
                logger.log(level: level, "librdkafka: \(line.message)", metadata: ["facility": "\(line.facility)"])
            },
            error: { error in
                logger.warning("Kafka reports an error", metadata: ["error": "\(error)"])
            })
    }
}
