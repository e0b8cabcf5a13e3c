import Records

/// Where a secret text, such as a token, comes from.
public enum SecretSource: Sendable {
    /// The text itself, in UTF-8.
    case text(SecretBytes)
    /// A file that holds it; read again for every use, so that a rotated secret is picked up. One trailing newline is
    /// dropped.
    case file(path: String)
}
