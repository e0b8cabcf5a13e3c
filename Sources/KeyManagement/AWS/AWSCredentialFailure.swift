import HTTPTransport

/// Why there are no AWS credentials; never a part of them.
struct AWSCredentialFailure: Error {
    enum Kind {
        /// Nobody gives any, or who should refuses.
        case refused
        /// Who should give them failed or can't be reached.
        case unavailable
        /// Who should give them did not answer in time.
        case timedOut
        /// The client was shut down.
        case shutDown
    }

    let kind: Kind
    let reason: String

    init(_ reason: String) {
        self.init(.refused, reason)
    }

    init(_ kind: Kind, _ reason: String) {
        self.kind = kind
        self.reason = reason
    }

    /// What a failed call to `asked` means.
    init(_ error: HTTPTransportError, asking asked: String) {
        kind =
            switch error {
            case .timedOut: .timedOut
            case .cancelled: .shutDown
            case .invalidRequest, .replyTooLarge, .protocolViolation: .refused
            case .unavailable, .couldNotResolve, .couldNotConnect, .tlsFailed, .connectionLost: .unavailable
            }
        reason = "\(asked): \(BoundedText.printable(error.description.utf8))"
    }

    /// What it means for the key that a call was about.
    func error(_ key: KeySecretID) -> KeyManagementError {
        let reason = "no AWS credentials: \(reason)"
        return switch kind {
        case .refused: .unauthenticated(key: key, reason: reason)
        case .unavailable: .unavailable(key: key, reason: reason)
        case .timedOut: .timedOut(key: key, reason: reason)
        case .shutDown: .shutDown
        }
    }
}
