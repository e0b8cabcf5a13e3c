import HTTPTransport
import Records

/// One wrap or unwrap, and how long it may take.
struct AzureCall {
    let operation: AzureRefusal.Operation
    let key: AzureKey
    /// The request's body.
    let body: SecretBytes
    /// The version to use; nil for the newest.
    private let version: String?
    private let end: Int

    init(
        operation: AzureRefusal.Operation, key: AzureKey, version: String?, value: SecretBytes,
        within milliseconds: Int
    ) {
        self.operation = operation
        self.key = key
        self.version = version ?? key.pinnedVersion
        end = MonotonicClock.milliseconds + max(1, min(milliseconds, 86_400_000))
        body = SecretJSON.object(
            ("alg", { $0.append("RSA-OAEP-256") }),
            ("value", { out in value.withUnsafeBytes { Base64URL.encode($0, to: out) } }))
    }

    private init(_ other: AzureCall) {
        (operation, key, body, end) = (other.operation, other.key, other.body, other.end)
        version = nil
    }

    /// The same by the newest version.
    var withNewestVersion: AzureCall { AzureCall(self) }

    /// The request's path; an empty version is the newest.
    var path: String { "/keys/\(key.name)/\(version ?? "")/\(operation.rawValue)" }

    /// The time that is left, in milliseconds.
    var left: Int { max(1, end - MonotonicClock.milliseconds) }
}
