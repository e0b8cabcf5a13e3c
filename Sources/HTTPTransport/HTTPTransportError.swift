/// Why a request has no answer.
///
/// Every case names the address as scheme, host, port and path, never a query, a header, user info or a body.
public enum HTTPTransportError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The request itself is malformed: the URL, a header's name or value, or the credentials.
    case invalidRequest(address: String, reason: String)
    /// libcurl can't be used: it did not start, or is out of memory.
    case unavailable(reason: String)
    /// The host name has no address, or the name server did not answer.
    case couldNotResolve(address: String)
    /// No TCP connection.
    case couldNotConnect(address: String)
    /// The time-out passed, of one attempt or of the whole call.
    case timedOut(address: String)
    /// No TLS session: the server's certificate is not trusted or names another host, its protocol is too old, or a
    /// certificate file can't be read.
    case tlsFailed(address: String, reason: String)
    /// The connection ended before the answer did.
    case connectionLost(address: String)
    /// The answer's headers or body are longer than allowed.
    case replyTooLarge(address: String, limit: Int)
    /// The answer is no HTTP.
    case protocolViolation(address: String, reason: String)
    /// The client was shut down.
    case cancelled(address: String)

    /// Whether the same call may succeed later without a change to the request.
    ///
    /// A failed TLS handshake counts as transient, since certificates are renewed without a restart here; it is not
    /// retried within one call.
    public var isTransient: Bool {
        switch self {
        case .invalidRequest, .replyTooLarge: false
        case .unavailable, .couldNotResolve, .couldNotConnect, .timedOut, .tlsFailed, .connectionLost,
            .protocolViolation, .cancelled:
            true
        }
    }

    /// Whether another attempt within the same call makes sense.
    var isWorthRetryingNow: Bool {
        switch self {
        case .couldNotResolve, .couldNotConnect, .timedOut, .connectionLost: true
        case .invalidRequest, .unavailable, .tlsFailed, .replyTooLarge, .protocolViolation, .cancelled: false
        }
    }

    /// A sentence for people.
    public var description: String {
        switch self {
        case .invalidRequest(let address, let reason): "request to \(address) is malformed: \(reason)"
        case .unavailable(let reason): "HTTP client can't be used: \(reason)"
        case .couldNotResolve(let address): "could not resolve the host of \(address)"
        case .couldNotConnect(let address): "could not connect to \(address)"
        case .timedOut(let address): "\(address) did not answer in time"
        case .tlsFailed(let address, let reason): "no TLS session with \(address): \(reason)"
        case .connectionLost(let address): "\(address) closed the connection before its answer was complete"
        case .replyTooLarge(let address, let limit): "\(address) sent more than \(limit) bytes"
        case .protocolViolation(let address, let reason): "\(address) did not answer in HTTP: \(reason)"
        case .cancelled(let address): "call to \(address) was cancelled because the client shut down"
        }
    }
}
