import Records

/// One HTTP request.
public struct HTTPRequest: Sendable {
    /// The method.
    public var method: HTTPMethod
    /// The absolute `http` or `https` URL, percent-encoded, without user info.
    public var url: String
    /// Headers besides those that libcurl writes (`Host`, `Content-Length`), `User-Agent` and `Authorization`.
    public var headers: [HTTPHeader]
    /// What it carries.
    public var body: HTTPBody
    /// How it says who sends it.
    public var authorization: HTTPAuthorization
    /// Whether it may be sent again after the server may have acted on it; as the method says where nil.
    ///
    /// A request that never left, or was answered with 429, is repeated anyway.
    public var mayRepeat: Bool?
    /// The time for the whole call, retries included, in milliseconds; as the client's settings say where nil.
    public var totalTimeoutMilliseconds: Int?

    /// Makes a request.
    public init(
        _ method: HTTPMethod = .get, _ url: String, headers: [HTTPHeader] = [], body: HTTPBody = .none,
        authorization: HTTPAuthorization = .none, mayRepeat: Bool? = nil, totalTimeoutMilliseconds: Int? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.authorization = authorization
        self.mayRepeat = mayRepeat
        self.totalTimeoutMilliseconds = totalTimeoutMilliseconds
    }
}
