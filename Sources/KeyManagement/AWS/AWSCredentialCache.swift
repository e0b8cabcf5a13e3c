/// The credentials of one source: kept while they hold and renewed ahead of their end, or read anew for every call.
struct AWSCredentialCache: Sendable {
    /// Credentials, and which ones they are.
    typealias Current = RenewedCredential<AWSCredentials>.Current

    private let source: any AWSCredentialSource
    private let renewed: RenewedCredential<AWSCredentials>?

    /// Credentials without an end are read again after this many milliseconds, since the files behind them may change.
    private static let rereadMilliseconds = 300_000

    /// Asks nobody yet.
    init(_ source: any AWSCredentialSource) {
        self.source = source
        guard source.isCached else {
            renewed = nil
            return
        }
        renewed = RenewedCredential { milliseconds throws(CredentialFailure) in
            let credentials = try source.fetch(within: milliseconds)
            let seconds = credentials.expiration.map { $0.subtractingReportingOverflow(AWSTimestamp.now).partialValue }
            return RenewedCredential.Issued(
                value: credentials,
                lifetimeMilliseconds: seconds.map { max(0, min($0, 31_536_000)) * 1_000 } ?? Self.rereadMilliseconds)
        }
    }

    /// Credentials that hold now.
    func current(within milliseconds: Int) throws(CredentialFailure) -> Current {
        if let renewed { return try renewed.current(within: milliseconds) }
        return Current(value: try source.fetch(within: milliseconds), number: 0)
    }

    /// Other credentials than `rejected`, which AWS refuses to take: those that another thread has got meanwhile, or what
    /// the source gives now; nil where it gives the same.
    func replacement(of rejected: Current, within milliseconds: Int) throws(CredentialFailure) -> Current? {
        renewed?.discard(rejected)
        let found = try current(within: milliseconds)
        return found.value.isSame(as: rejected.value) ? nil : found
    }
}
