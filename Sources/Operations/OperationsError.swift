/// Why the HTTP interface can't be served.
public enum OperationsError: Error, Sendable, CustomStringConvertible {
    /// The address can't be listened on.
    case listen(address: String, reason: String)
    /// The certificate or key can't be used; the reason names the file and never its content.
    case certificate(reason: String)

    /// What failed, why, and what to do.
    public var description: String {
        switch self {
        case .listen(let address, let reason):
            "Can't listen on \(address): \(reason). Set admin.listen to an address of this machine and a free port."
        case .certificate(let reason): "The listener's certificate can't be used: \(reason)."
        }
    }
}
