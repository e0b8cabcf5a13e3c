import Records

/// Where the token of each call comes from.
protocol VaultTokenSource: Sendable {
    /// The token as it is now; may log in first.
    func current(within milliseconds: Int) throws(CredentialFailure) -> VaultToken
    /// The server does not accept `token`: whether another may be had.
    func reject(_ token: VaultToken) -> Bool
}

/// A token in use.
struct VaultToken: Sendable {
    let bytes: SecretBytes
    /// Which one of its source it is.
    var number = 0
}
