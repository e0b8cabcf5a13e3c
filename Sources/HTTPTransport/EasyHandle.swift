import CCurl
import Records

/// One libcurl easy handle with its kept connections.
///
/// Unchecked: the pool lends it to one thread at a time, which is all that libcurl asks for.
final class EasyHandle: @unchecked Sendable {
    private let handle: UnsafeMutableRawPointer
    private let errorText: UnsafeMutablePointer<CChar>

    private static let errorTextSize = Int(CURL_ERROR_SIZE)

    /// Starts libcurl once for the process; thread-safe because a static is.
    static let libraryStatus: CURLcode = fieldseal_curl_global_init()

    init() throws(HTTPTransportError) {
        guard Self.libraryStatus == CURLE_OK else { throw .unavailable(reason: "libcurl did not start") }
        guard let handle = curl_easy_init() else { throw .unavailable(reason: "out of memory") }
        self.handle = handle
        errorText = .allocate(capacity: Self.errorTextSize)
        errorText.initialize(repeating: 0, count: Self.errorTextSize)
    }

    deinit {
        curl_easy_cleanup(handle)
        errorText.deallocate()
    }

    /// What one attempt came to.
    struct Outcome {
        let code: CURLcode
        let status: Int
        /// False where nothing of the request reached the connection.
        let wasSent: Bool
        /// libcurl's words on a failed TLS handshake or certificate.
        let reason: String
    }

    /// Sends `request` once and fills `reply`; throws only where it can't be set up.
    func perform(
        _ request: HTTPRequest, settings: HTTPClient.Settings, timeoutMilliseconds: Int, address: RequestAddress,
        into reply: Reply
    ) throws(HTTPTransportError) -> Outcome {
        // Keeps connections, TLS sessions and the DNS cache.
        curl_easy_reset(handle)
        // Takes away the pointers to the caller's memory.
        defer { curl_easy_reset(handle) }
        let lines: HeaderLines
        do { lines = try HeaderLines(request) } catch {
            throw .invalidRequest(address: address.shown, reason: error.reason)
        }
        do throws(Refused) {
            try setTransport(settings, timeoutMilliseconds: timeoutMilliseconds)
            try set(CURLOPT_URL, request.url)
            try check(fieldseal_curl_setopt_pointer(handle, CURLOPT_HTTPHEADER, lines.list))
            try setAuthorization(request.authorization)
            try setReply(reply)
        } catch {
            throw .invalidRequest(
                address: address.shown, reason: "libcurl refuses: \(String(cString: curl_easy_strerror(error.code)))")
        }
        var code = CURLE_OK
        var setUp = CURLE_OK
        request.body.withBytes { (bytes) throws(Never) in
            setUp = self.setBody(request.method, bytes)
            guard setUp == CURLE_OK else { return }
            // libcurl keeps no reference beyond the call, and `reply` outlives it.
            code = withExtendedLifetime(reply) { curl_easy_perform(self.handle) }
        }
        guard setUp == CURLE_OK else {
            throw .unavailable(reason: String(cString: curl_easy_strerror(setUp)))
        }
        return outcome(code)
    }

    private func outcome(_ code: CURLcode) -> Outcome {
        var status = 0
        var sent = 0
        fieldseal_curl_getinfo_long(handle, CURLINFO_RESPONSE_CODE, &status)
        fieldseal_curl_getinfo_long(handle, CURLINFO_REQUEST_SIZE, &sent)
        let words = String(cString: errorText)
        return Outcome(
            code: code, status: status, wasSent: sent > 0,
            reason: words.isEmpty ? String(cString: curl_easy_strerror(code)) : words)
    }

    private struct Refused: Error {
        let code: CURLcode
    }

    private func check(_ code: CURLcode) throws(Refused) {
        guard code == CURLE_OK else { throw Refused(code: code) }
    }

    private func set(_ option: CURLoption, _ number: Int) throws(Refused) {
        try check(fieldseal_curl_setopt_long(handle, option, number))
    }

    private func set(_ option: CURLoption, _ text: String) throws(Refused) {
        try check(text.withCString { fieldseal_curl_setopt_pointer(handle, option, $0) })
    }

    private func setTransport(_ settings: HTTPClient.Settings, timeoutMilliseconds: Int) throws(Refused) {
        errorText.pointee = 0
        try check(fieldseal_curl_setopt_pointer(handle, CURLOPT_ERRORBUFFER, errorText))
        try set(CURLOPT_NOSIGNAL, 1)
        // Without it a time-out waits for the resolver's thread.
        try set(CURLOPT_QUICK_EXIT, 1)
        try set(CURLOPT_PROTOCOLS_STR, "http,https")
        try set(CURLOPT_FOLLOWLOCATION, 0)
        try set(CURLOPT_PATH_AS_IS, 1)
        try set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        // An empty proxy also keeps libcurl from looking into the environment.
        try set(CURLOPT_PROXY, settings.proxy ?? "")
        try set(CURLOPT_NOPROXY, "")
        try set(CURLOPT_USERAGENT, settings.userAgent)
        try set(CURLOPT_TCP_KEEPALIVE, 1)
        try set(CURLOPT_CONNECTTIMEOUT_MS, max(1, min(settings.connectTimeoutMilliseconds, timeoutMilliseconds)))
        try set(CURLOPT_TIMEOUT_MS, max(1, timeoutMilliseconds))
        try check(
            fieldseal_curl_setopt_offset(
                handle, CURLOPT_MAXFILESIZE_LARGE, curl_off_t(max(1, settings.maximumReplyBytes))))
        try setTLS(settings)
    }

    private func setTLS(_ settings: HTTPClient.Settings) throws(Refused) {
        try set(CURLOPT_SSL_VERIFYPEER, 1)
        try set(CURLOPT_SSL_VERIFYHOST, 2)
        try set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        // libcurl would keep the authorities for a day; a renewed file must count sooner.
        try set(CURLOPT_CA_CACHE_TIMEOUT, 60)
        if let caFile = settings.caFile {
            try set(CURLOPT_CAINFO, caFile)
            // Else the system's folder would be trusted as well.
            try check(fieldseal_curl_setopt_pointer(handle, CURLOPT_CAPATH, nil))
        }
        if let certificateFile = settings.certificateFile {
            try set(CURLOPT_SSLCERT, certificateFile)
            try set(CURLOPT_SSLKEY, settings.keyFile ?? certificateFile)
        }
    }

    private func setAuthorization(_ authorization: HTTPAuthorization) throws(Refused) {
        guard case .awsSigV4(let key) = authorization else { return }
        try set(CURLOPT_AWS_SIGV4, "aws:amz:\(key.region):\(key.service)")
        try set(CURLOPT_USERNAME, key.accessKeyID)
        let password = OutputBuffer(capacity: key.secretAccessKey.count + 1)
        key.secretAccessKey.withUnsafeBytes { password.append($0) }
        password.append(UInt8(0))
        try check(fieldseal_curl_setopt_pointer(handle, CURLOPT_PASSWORD, password.bytes.baseAddress))
    }

    /// The body's bytes are not copied: they must stay until the transfer ends.
    private func setBody(_ method: HTTPMethod, _ bytes: UnsafeRawBufferPointer?) -> CURLcode {
        if method == .get && bytes == nil { return fieldseal_curl_setopt_long(handle, CURLOPT_HTTPGET, 1) }
        if bytes != nil || method == .post || method == .put {
            // A nil pointer would make libcurl ask a read callback for the body.
            let status = fieldseal_curl_setopt_offset(
                handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(bytes?.count ?? 0))
            guard status == CURLE_OK else { return status }
            let start = bytes?.baseAddress ?? UnsafeRawPointer(errorText)
            let second = fieldseal_curl_setopt_pointer(handle, CURLOPT_POSTFIELDS, start)
            guard second == CURLE_OK else { return second }
        }
        guard method != .post else { return CURLE_OK }
        return method.rawValue.withCString { fieldseal_curl_setopt_pointer(handle, CURLOPT_CUSTOMREQUEST, $0) }
    }

    private func setReply(_ reply: Reply) throws(Refused) {
        let context = Unmanaged.passUnretained(reply).toOpaque()
        try check(fieldseal_curl_setopt_pointer(handle, CURLOPT_WRITEDATA, context))
        try check(fieldseal_curl_setopt_pointer(handle, CURLOPT_HEADERDATA, context))
        try check(fieldseal_curl_setopt_pointer(handle, CURLOPT_XFERINFODATA, context))
        try check(
            fieldseal_curl_setopt_data(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
                let reply = Unmanaged<Reply>.fromOpaque(context!).takeUnretainedValue()
                // Size is always 1, and nothing else is 0 bytes long.
                return reply.take(UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
            })
        try check(
            fieldseal_curl_setopt_data(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
                let reply = Unmanaged<Reply>.fromOpaque(context!).takeUnretainedValue()
                return reply.takeHeader(UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
            })
        try check(
            fieldseal_curl_setopt_progress(handle) { context, _, _, _, _ in
                Unmanaged<Reply>.fromOpaque(context!).takeUnretainedValue().isCancelled ? 1 : 0
            })
        try set(CURLOPT_NOPROGRESS, 0)
    }
}
