import Logging
import Synchronization

/// Keeps lines of the level "error".
final class LineCount: LogHandler {
    private let kept = Mutex<[String]>([])
    var errors: [String] { kept.withLock { $0 } }

    var logLevel: Logger.Level {
        get { .trace }
        set {}
    }
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        guard event.level >= .error else { return }
        kept.withLock { $0.append("\(event.message)") }
    }
}
