import Records

/// A reply of a vault's with status 200: the full id of the key that was used, and what it made.
struct AzureReply {
    let version: String
    let value: SecretBytes

    /// Reads a reply; throws where it makes no sense or tells of another key than `key`.
    init(_ bytes: UnsafeRawBufferPointer, _ key: AzureKey) throws(KeyManagementError) {
        let kid = String(decoding: try Self.member("kid", bytes, key), as: UTF8.self)
        guard let version = Self.version(kid, key) else {
            throw .malformedReply(key: key.id, reason: "it names another key than the one asked for")
        }
        guard let value = Base64URL.decode(try Self.member("value", bytes, key)), value.count > 0 else {
            throw .malformedReply(key: key.id, reason: "its value is no base64 for URLs")
        }
        self.version = version
        self.value = value
    }

    /// The version in `https://HOST/keys/NAME/VERSION`; nil where that is another key. Azure's names know no case.
    private static func version(_ kid: String, _ key: AzureKey) -> String? {
        guard kid.utf8.count <= 1_024, kid.lowercased().hasPrefix("https://") else { return nil }
        let parts = kid.dropFirst("https://".count).split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[1] == "keys", parts[2].lowercased() == key.name.lowercased(),
            let found = HostAndPort(parsing: String(parts[0])), let wanted = HostAndPort(parsing: key.host),
            found.host == wanted.host, found.port ?? 443 == wanted.port ?? 443
        else { return nil }
        return Array(parts[3].utf8).withUnsafeBytes(AzureWrappedKey.version)
    }

    private static func member(
        _ name: String, _ bytes: UnsafeRawBufferPointer, _ key: AzureKey
    ) throws(KeyManagementError) -> UnsafeRawBufferPointer {
        do throws(JSONReply.Malformed) {
            if let text = try JSONReply.string(at: [.member(name)], in: bytes) { return text }
        } catch {
            throw .malformedReply(key: key.id, reason: error.reason)
        }
        throw .malformedReply(key: key.id, reason: "it has no string \(name)")
    }
}
