import Records

/// A server's answer, whatever its status.
public struct HTTPResponse: Sendable {
    /// The status code, such as 200.
    public let status: Int
    /// The body in memory that is wiped when freed; it is the only copy this room keeps.
    public let secretBody: SecretBytes
    /// How many times the request was sent for this answer: 1 without retries.
    public let attempts: Int

    let headers: [(name: String, value: String)]

    /// A copy of the body in ordinary memory: not for bodies that hold secrets.
    public var body: [UInt8] { secretBody.withUnsafeBytes { [UInt8]($0) } }

    /// Whether the status is 2xx.
    public var isSuccess: Bool { (200..<300).contains(status) }

    /// The first header of this name, in any case; nil where there is none.
    public func header(_ name: String) -> String? {
        let wanted = name.lowercased()
        return headers.first { $0.name == wanted }?.value
    }
}
