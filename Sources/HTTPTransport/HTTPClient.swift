import CCurl
import Records
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// An HTTP/1.1 client over libcurl for threads that may block.
///
/// It keeps connections alive and lends each call one of them. Certificates and host names are always verified, with
/// TLS 1.2 or later; no redirect is followed; no proxy is taken from the environment. Any thread may call it, and one
/// call may wait as long as its total time-out: never call it on the path of a record.
public final class HTTPClient: Sendable {
    /// How it connects and waits.
    public let settings: Settings

    private let idle = Mutex<[EasyHandle]>([])
    private let cancellation = Cancellation()

    /// Idle handles kept; each holds connections of its own.
    private static let maximumIdle = 8

    /// Makes a client; it connects with the first call.
    public init(_ settings: Settings = Settings()) {
        self.settings = settings
    }

    /// Ends calls under way with `cancelled`, within about a second, and refuses later ones.
    public func shutDown() {
        cancellation.request()
        idle.withLock { $0.removeAll() }
    }

    /// Sends `request`, repeating it as the retry policy says, and returns the answer, whatever its status.
    ///
    /// - Throws: where there is no answer; see `HTTPTransportError`.
    public func send(_ request: HTTPRequest) throws(HTTPTransportError) -> HTTPResponse {
        let address = try RequestAddress(request.url)
        let deadline =
            MonotonicClock.milliseconds
            + min(max(1, request.totalTimeoutMilliseconds ?? settings.totalTimeoutMilliseconds), 86_400_000)
        var generator = SystemRandomNumberGenerator()
        var attempt = 0
        while true {
            attempt += 1
            let step = try self.attempt(request, number: attempt, address: address, deadline: deadline)
            guard step.isRetried, attempt < settings.retry.maximumAttempts else { return try step.result.get() }
            var delay = settings.retry.delayMilliseconds(afterAttempt: attempt, using: &generator)
            if case .success(let response) = step.result, let asked = response.retryAfterMilliseconds {
                guard asked <= settings.retry.retryAfterLimitMilliseconds else { return response }
                delay = max(delay, asked)
            }
            guard delay < deadline - MonotonicClock.milliseconds else { return try step.result.get() }
            try sleep(delay, address: address)
        }
    }

    private struct Step {
        let result: Result<HTTPResponse, HTTPTransportError>
        let isRetried: Bool
    }

    private func attempt(
        _ request: HTTPRequest, number: Int, address: RequestAddress, deadline: Int
    ) throws(HTTPTransportError) -> Step {
        guard !cancellation.isRequested else { throw .cancelled(address: address.shown) }
        let left = deadline - MonotonicClock.milliseconds
        guard left > 0 else { throw .timedOut(address: address.shown) }
        let mayRepeat = request.mayRepeat ?? request.method.isIdempotent
        let reply = Reply(maximumBytes: settings.maximumReplyBytes, cancellation: cancellation)
        let handle = try takeHandle()
        let outcome = try handle.perform(
            request, settings: settings, timeoutMilliseconds: min(left, settings.attemptTimeoutMilliseconds),
            address: address, into: reply)
        idle.withLock { handles in
            if handles.count < Self.maximumIdle && !cancellation.isRequested { handles.append(handle) }
        }
        if let error = error(of: outcome, reply: reply, address: address) {
            return Step(
                result: .failure(error), isRetried: error.isWorthRetryingNow && (mayRepeat || !outcome.wasSent))
        }
        let response = HTTPResponse(
            status: outcome.status, secretBody: SecretBytes(copying: reply.body.bytes), attempts: number,
            headers: reply.headers)
        return Step(
            result: .success(response),
            isRetried: RetryPolicy.isRetried(status: response.status, mayRepeat: mayRepeat))
    }

    private func takeHandle() throws(HTTPTransportError) -> EasyHandle {
        if let handle = idle.withLock({ $0.popLast() }) { return handle }
        return try EasyHandle()
    }

    private func error(of outcome: EasyHandle.Outcome, reply: Reply, address: RequestAddress) -> HTTPTransportError? {
        let shown = address.shown
        switch outcome.code {
        case CURLE_OK:
            return outcome.status >= 200 ? nil : .protocolViolation(address: shown, reason: "no status")
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: return .couldNotResolve(address: shown)
        case CURLE_COULDNT_CONNECT: return .couldNotConnect(address: shown)
        case CURLE_OPERATION_TIMEDOUT: return .timedOut(address: shown)
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_ENGINE_INITFAILED, CURLE_USE_SSL_FAILED,
            CURLE_SSL_CRL_BADFILE, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CLIENTCERT:
            return .tlsFailed(address: shown, reason: outcome.reason)
        case CURLE_FILESIZE_EXCEEDED: return .replyTooLarge(address: shown, limit: settings.maximumReplyBytes)
        case CURLE_ABORTED_BY_CALLBACK: return .cancelled(address: shown)
        case CURLE_OUT_OF_MEMORY: return .unavailable(reason: "out of memory")
        case CURLE_URL_MALFORMAT: return .invalidRequest(address: shown, reason: "not a URL")
        case _ where reply.isTooLarge: return .replyTooLarge(address: shown, limit: settings.maximumReplyBytes)
        // With TLS 1.3 a server refuses the client's certificate only after the handshake.
        case CURLE_SEND_ERROR where outcome.reason.contains("alert"),
            CURLE_RECV_ERROR where outcome.reason.contains("alert"):
            return .tlsFailed(address: shown, reason: outcome.reason)
        case CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_PARTIAL_FILE:
            return .connectionLost(address: shown)
        default:
            return .protocolViolation(address: shown, reason: String(cString: curl_easy_strerror(outcome.code)))
        }
    }

    private func sleep(_ milliseconds: Int, address: RequestAddress) throws(HTTPTransportError) {
        let end = MonotonicClock.milliseconds + milliseconds
        while true {
            guard !cancellation.isRequested else { throw .cancelled(address: address.shown) }
            let left = end - MonotonicClock.milliseconds
            guard left > 0 else { return }
            // Short naps, so that a shutdown is noticed.
            usleep(UInt32(min(left, 50)) * 1_000)
        }
    }
}
