import Records

/// One header of a request; its value may be a secret.
///
/// A name that is no token (RFC 9110, section 5.1), or a value with a control character, is refused when it is sent.
public struct HTTPHeader: Sendable {
    let name: String
    let value: Value

    enum Value: Sendable {
        case plain(String)
        case secret(SecretBytes)
    }

    /// A header whose value may be seen by anyone.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = .plain(value)
    }

    /// A header whose value is a secret, such as a token; the copies made here to send it are wiped.
    public init(_ name: String, secret: SecretBytes) {
        self.name = name
        self.value = .secret(secret)
    }
}
