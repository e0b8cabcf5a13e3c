import CCurl

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension HTTPResponse {
    /// What `Retry-After` asks for (RFC 9110, section 10.2.3: seconds or a date), in milliseconds from now; nil where
    /// there is none or it can't be read.
    public var retryAfterMilliseconds: Int? {
        guard let text = header("retry-after"), text.utf8.count <= 64 else { return nil }
        if !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
            return min(Int(text) ?? Self.longestDelaySeconds, Self.longestDelaySeconds) * 1_000
        }
        let date = curl_getdate(text, nil)
        guard date >= 0 else { return nil }
        return min(max(0, Int(date) - Int(time(nil))), Self.longestDelaySeconds) * 1_000
    }

    private static var longestDelaySeconds: Int { 86_400 }
}
