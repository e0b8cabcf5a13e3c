import HTTPTransport
import Synchronization

/// What a call on another thread came to.
final class Outcome: Sendable {
    private let error = Mutex<HTTPTransportError?>(nil)

    var value: HTTPTransportError? { error.withLock { $0 } }

    func set(_ value: HTTPTransportError?) {
        error.withLock { $0 = value }
    }
}
