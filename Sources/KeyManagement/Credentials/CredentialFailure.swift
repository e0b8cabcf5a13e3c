import HTTPTransport

/// Why a login gave no credential, before it is said which key it was wanted for.
struct CredentialFailure: Error, Equatable {
    /// What kind of failure it was.
    enum Kind: Equatable {
        /// The login was refused, or can't be made: a secret that is wrong or can't be read.
        case rejected
        case throttled
        case unavailable
        case timedOut
        case tlsFailed
        case malformedReply
        case shutDown
    }

    let kind: Kind
    /// Words for people, printable and without secrets.
    let reason: String

    init(_ kind: Kind, _ reason: String) {
        self.kind = kind
        self.reason = reason
    }

    /// A call that got no answer.
    init(_ error: HTTPTransportError) {
        reason = BoundedText.printable(error.description.utf8)
        kind =
            switch error {
            case .timedOut: .timedOut
            case .tlsFailed: .tlsFailed
            case .replyTooLarge, .protocolViolation: .malformedReply
            case .cancelled: .shutDown
            case .invalidRequest: .rejected
            case .unavailable, .couldNotResolve, .couldNotConnect, .connectionLost: .unavailable
            }
    }

    /// The same with advice at the end of its words.
    func advising(_ advice: String) -> CredentialFailure {
        CredentialFailure(kind, "\(reason); \(advice)")
    }

    /// The error of a call that needed the credential for `key`.
    func error(for key: KeySecretID) -> KeyManagementError {
        switch kind {
        case .rejected: .unauthenticated(key: key, reason: reason)
        case .throttled: .throttled(key: key, reason: reason)
        case .unavailable: .unavailable(key: key, reason: reason)
        case .timedOut: .timedOut(key: key, reason: reason)
        case .tlsFailed: .tlsFailed(key: key, reason: reason)
        case .malformedReply: .malformedReply(key: key, reason: reason)
        case .shutDown: .shutDown
        }
    }
}
