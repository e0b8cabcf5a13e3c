import Records

/// How a request says who sends it.
public enum HTTPAuthorization: Sendable {
    /// Not at all.
    case none
    /// `Authorization: Bearer` (RFC 6750, section 2.1).
    case bearer(SecretBytes)
    /// `Authorization: Basic` (RFC 7617); the user name may not hold a colon.
    case basic(username: String, password: SecretBytes)
    /// AWS Signature Version 4 over headers and body, computed by libcurl.
    case awsSigV4(AWSSigningKey)
}
