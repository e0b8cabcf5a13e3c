/// A request's method (RFC 9110, section 9).
public enum HTTPMethod: String, Sendable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case delete = "DELETE"

    /// Whether repeating such a request has the effect of one (RFC 9110, section 9.2.2).
    public var isIdempotent: Bool { self != .post }
}
