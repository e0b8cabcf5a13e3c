import Records

/// A JSON file that holds a login, in memory that is wiped; what is wrong with it is said with its path.
struct CredentialsFile {
    let path: String
    private let content: SecretBytes

    /// Reads the file, of at most 64 KiB.
    init(path: String) throws(CredentialFailure) {
        self.path = path
        do throws(SecretSource.Unreadable) {
            content = try SecretSource.file(path: path).read()
        } catch {
            throw CredentialFailure(.rejected, error.reason)
        }
    }

    /// The string at a path of members, its escapes undone; nil where there is none.
    func secret(_ members: String...) throws(CredentialFailure) -> SecretBytes? {
        try find(members)
    }

    /// The string at a path of members: printable ASCII without quote and backslash, so that it can go into JSON, URLs
    /// and errors; nil where there is none.
    func text(_ members: String...) throws(CredentialFailure) -> String? {
        guard let secret = try find(members) else { return nil }
        let text = secret.withUnsafeBytes { bytes in
            TokenEndpoint.isToken(bytes) ? String(decoding: bytes, as: UTF8.self) : nil
        }
        guard let text, !text.isEmpty else {
            throw failure("its \(members.joined(separator: ".")) is empty or holds a character that can't be in one")
        }
        return text
    }

    /// The whole number at a path of members; nil where there is none.
    func number(_ members: String...) throws(CredentialFailure) -> Int? {
        let name = members.joined(separator: ".")
        guard try find(members) == nil else { throw failure("its \(name) is no number") }
        let text = try content.withUnsafeBytes { (bytes) throws(CredentialFailure) -> String? in
            do throws(JSONReply.Malformed) {
                return try JSONReply.literal(at: members.map { .member($0) }, in: bytes)
                    .map { String(decoding: $0, as: UTF8.self) }
            } catch {
                throw failure(error.reason)
            }
        }
        guard let text else { return nil }
        guard let number = Int(text) else { throw failure("its \(name) is no whole number") }
        return number
    }

    /// The address at a path of members; throws where there is none, or one that would carry secrets in the clear.
    func address(_ members: String..., isInsecureAllowed: Bool) throws(CredentialFailure) -> ServiceAddress {
        let name = members.joined(separator: ".")
        guard let secret = try find(members) else { throw failure("it has no \(name)") }
        let text = secret.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        guard let address = ServiceAddress(parsing: text) else { throw failure("its \(name) is no https:// address") }
        guard address.isSecure || address.isLoopback || isInsecureAllowed else {
            throw failure("its \(name) is an http address beyond this machine")
        }
        return address
    }

    /// What is wrong with the file.
    func failure(_ reason: String) -> CredentialFailure {
        CredentialFailure(.rejected, "the credentials file \(BoundedText.quoted(path)) can't be used: \(reason)")
    }

    private func find(_ members: [String]) throws(CredentialFailure) -> SecretBytes? {
        try content.withUnsafeBytes { (bytes) throws(CredentialFailure) in
            do throws(JSONReply.Malformed) {
                guard let text = try JSONReply.string(at: members.map { .member($0) }, in: bytes) else { return nil }
                guard let plain = SecretJSON.unescaped(text) else {
                    throw JSONReply.Malformed(reason: "\(members.joined(separator: ".")) has an escape too far")
                }
                return plain
            } catch {
                throw failure(error.reason)
            }
        }
    }
}
