/// Somewhere that AWS credentials come from.
protocol AWSCredentialSource: Sendable {
    /// Whether what it gave is kept until shortly before its end; else it is asked for every call.
    var isCached: Bool { get }

    /// The credentials as they are now; blocks for at most about `milliseconds`.
    func fetch(within milliseconds: Int) throws(CredentialFailure) -> AWSCredentials
}

extension AWSCredentialSource {
    var isCached: Bool { true }
}
