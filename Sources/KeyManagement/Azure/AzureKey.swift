/// A key's address, taken apart.
struct AzureKey {
    let id: KeySecretID
    /// The vault as the address names it.
    let host: String
    let name: String
    /// The one version that may be used; nil where the newest wraps and any unwraps.
    let pinnedVersion: String?

    init(_ id: KeySecretID) throws(KeyManagementError) {
        guard case .azure(let host, let name, let version) = id.address else { throw .notConfigured(key: id) }
        self.id = id
        self.host = host
        self.name = name
        pinnedVersion = version
    }
}
