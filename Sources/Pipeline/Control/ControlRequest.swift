import KafkaClient
import Synchronization

/// Something to be written to the control topic, and what has become of that.
final class ControlRequest: Sendable {
    /// What has become of it.
    enum Progress: Equatable {
        /// Nobody has begun to write it.
        case waiting
        /// It is on its way.
        case sent
        /// It was read back.
        case lasting
        /// It was not written.
        case failed(KafkaErrorCode)
        /// Nobody waits for it any more.
        case abandoned
    }

    let key: ControlEntry.Key
    /// Nil takes the entry back.
    let value: [UInt8]?
    /// Unlike any other request's.
    let id: [UInt8]
    private let state = Mutex(Progress.waiting)

    init(key: ControlEntry.Key, value: [UInt8]?) {
        self.key = key
        self.value = value
        id = (0..<16).map { _ in UInt8.random(in: 0 ... .max) }
    }

    var progress: Progress { state.withLock { $0 } }

    /// Notes progress, unless it has come to an end already.
    func note(_ progress: Progress) {
        state.withLock { state in
            switch state {
            case .waiting, .sent: state = progress
            case .lasting, .failed, .abandoned: break
            }
        }
    }
}
