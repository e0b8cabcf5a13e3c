import KafkaClient
import Synchronization

/// Remembers that a broker refused the credentials: to a call, that looks as if no broker answered.
final class RefusalMemory: Sendable {
    private let first = Mutex<KafkaError?>(nil)

    /// The first refusal.
    var refusal: KafkaError? { first.withLock { $0 } }

    /// Handlers that remember, and then do what `events` does.
    func remembering(_ events: ClientEvents) -> ClientEvents {
        ClientEvents(
            log: events.log,
            error: { error in
                if case .refused = error { self.first.withLock { if $0 == nil { $0 = error } } }
                events.error(error)
            })
    }
}
