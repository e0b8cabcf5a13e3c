import CCurl

/// A request's URL, checked, and the part of it that may be shown.
struct RequestAddress {
    /// Scheme, host, port and path: no query, no fragment.
    let shown: String

    /// Checks `url`: absolute, `http` or `https`, printable ASCII, no user info.
    init(_ url: String) throws(HTTPTransportError) {
        func refused(_ reason: String) -> HTTPTransportError { .invalidRequest(address: "<URL>", reason: reason) }
        guard url.utf8.count <= 8_192 else { throw refused("URL longer than 8192 bytes") }
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw refused("URL not percent-encoded") }
        guard let parsed = curl_url() else { throw .unavailable(reason: "out of memory") }
        defer { curl_url_cleanup(parsed) }
        guard curl_url_set(parsed, CURLUPART_URL, url, UInt32(CURLU_PATH_AS_IS)) == CURLUE_OK else {
            throw refused("not a URL")
        }
        guard Self.part(CURLUPART_USER, of: parsed) == nil, Self.part(CURLUPART_PASSWORD, of: parsed) == nil else {
            throw refused("user info in the URL")
        }
        guard
            let scheme = Self.part(CURLUPART_SCHEME, of: parsed), scheme == "http" || scheme == "https",
            let host = Self.part(CURLUPART_HOST, of: parsed), !host.isEmpty,
            let port = Self.part(CURLUPART_PORT, of: parsed, flags: CURLU_DEFAULT_PORT)
        else { throw refused("not an absolute http or https URL") }
        shown = "\(scheme)://\(host):\(port)\(Self.part(CURLUPART_PATH, of: parsed) ?? "/")"
    }

    private static func part(_ part: CURLUPart, of url: OpaquePointer, flags: Int32 = 0) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(url, part, &text, UInt32(flags)) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }
}
