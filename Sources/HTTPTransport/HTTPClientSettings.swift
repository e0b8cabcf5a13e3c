extension HTTPClient {
    /// How a client connects, how long it waits and how much it takes.
    ///
    /// The certificate files are read when a connection is made, so that a renewed file is used without a restart.
    public struct Settings: Sendable, Equatable {
        /// PEM file of the only authorities trusted; the system's where nil.
        public var caFile: String?
        /// PEM file of the client's certificate and its chain; none is presented where nil.
        public var certificateFile: String?
        /// PEM file of the client's unencrypted private key; in `certificateFile` where nil.
        public var keyFile: String?
        /// Proxy URL; none where nil. The environment's proxies are never used.
        public var proxy: String?
        /// The `User-Agent` sent.
        public var userAgent: String
        /// The time to connect, the TLS handshake included, in milliseconds.
        public var connectTimeoutMilliseconds: Int
        /// The time for one attempt, connecting included, in milliseconds.
        public var attemptTimeoutMilliseconds: Int
        /// The time for a whole call, retries and their delays included, in milliseconds.
        public var totalTimeoutMilliseconds: Int
        /// The longest body taken, in bytes.
        public var maximumReplyBytes: Int
        /// When a request is sent again.
        public var retry: RetryPolicy

        /// Makes settings; the defaults suit a service in the same network.
        public init(
            caFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil, proxy: String? = nil,
            userAgent: String = "fieldseal", connectTimeoutMilliseconds: Int = 3_000,
            attemptTimeoutMilliseconds: Int = 5_000, totalTimeoutMilliseconds: Int = 15_000,
            maximumReplyBytes: Int = 1 << 20, retry: RetryPolicy = RetryPolicy()
        ) {
            self.caFile = caFile
            self.certificateFile = certificateFile
            self.keyFile = keyFile
            self.proxy = proxy
            self.userAgent = userAgent
            self.connectTimeoutMilliseconds = connectTimeoutMilliseconds
            self.attemptTimeoutMilliseconds = attemptTimeoutMilliseconds
            self.totalTimeoutMilliseconds = totalTimeoutMilliseconds
            self.maximumReplyBytes = maximumReplyBytes
            self.retry = retry
        }
    }
}
