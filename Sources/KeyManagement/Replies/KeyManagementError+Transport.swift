import HTTPTransport

extension KeyManagementError {
    /// What a failed call means for the key it was about.
    init(_ error: HTTPTransportError, key: KeySecretID) {
        let reason = BoundedText.printable(error.description.utf8)
        self =
            switch error {
            case .timedOut: .timedOut(key: key, reason: reason)
            case .tlsFailed: .tlsFailed(key: key, reason: reason)
            case .replyTooLarge, .protocolViolation: .malformedReply(key: key, reason: reason)
            case .cancelled: .shutDown
            case .invalidRequest: .invalidSettings(reason: reason)
            case .unavailable, .couldNotResolve, .couldNotConnect, .connectionLost:
                .unavailable(key: key, reason: reason)
            }
    }
}
