import Records

/// One login by an auth method of Vault's: where it is sent, and what it says.
struct VaultLogin: Sendable {
    /// What errors call it, such as `the login by APP_ROLE at auth/approle/login`.
    let name: String
    /// Below `/v1/`.
    let path: String
    private let members: [Member]

    private struct Member: Sendable {
        let name: StaticString
        let value: SecretSource
    }

    /// The login of a method; nil for a token, which needs none.
    ///
    /// - Throws: `invalidSettings` where a mount or user name can't be part of a path.
    init?(_ authentication: VaultSettings.Authentication) throws(KeyManagementError) {
        switch authentication {
        case .token: return nil
        case .appRole(let roleID, let secretID, let mount):
            try self.init(
                "APP_ROLE", mount,
                members: [Member(name: "role_id", value: roleID), Member(name: "secret_id", value: secretID)])
        case .userPassword(let username, let password, let mount):
            try self.init(
                "USERNAME_PASSWORD", mount, username, members: [Member(name: "password", value: password)])
        case .ldap(let username, let password, let mount):
            try self.init("LDAP", mount, username, members: [Member(name: "password", value: password)])
        case .jwt(let role, let jwt, let mount):
            try self.init("JWT", mount, members: [Self.text("role", role), Member(name: "jwt", value: jwt)])
        case .kubernetes(let role, let tokenFile, let mount):
            try self.init(
                "KUBERNETES", mount,
                members: [Self.text("role", role), Member(name: "jwt", value: .file(path: tokenFile))])
        case .certificate(let name, let mount):
            try self.init("CERT", mount, members: name.map { [Self.text("name", $0)] } ?? [])
        }
    }

    private init(
        _ method: String, _ mount: String, _ username: String? = nil, members: [Member]
    ) throws(KeyManagementError) {
        guard Self.isMount(mount) else {
            throw .invalidSettings(
                reason:
                    "the Vault auth mount \(BoundedText.quoted(mount)) is no path of letters, digits, '.', '_' and '-'")
        }
        path = "auth/\(mount)/login" + (try username.map(Self.segment) ?? "")
        // The user name is left out: who logs in is the operator's business, not the log's.
        name = "the login by \(method) at auth/\(mount)/login"
        self.members = members
    }

    /// What the login says; secrets in files are read now.
    func body() throws(CredentialFailure) -> SecretBytes {
        do throws(SecretSource.Unreadable) {
            return try SecretJSON.strings(
                members.map { (member) throws(SecretSource.Unreadable) in (member.name, try member.value.read()) })
        } catch {
            throw CredentialFailure(.rejected, "\(name) can't be made: \(error.reason)")
        }
    }

    private static func text(_ name: StaticString, _ value: String) -> Member {
        Member(name: name, value: .text(SecretBytes(copying: value)))
    }

    private static func isMount(_ mount: String) -> Bool {
        mount.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { segment in
            !segment.isEmpty && segment != "." && segment != ".." && segment.utf8.allSatisfy(isPlain)
        }
    }

    /// A user name as the last segment of a path (RFC 3986, section 2.1).
    private static func segment(_ username: String) throws(KeyManagementError) -> String {
        guard !username.isEmpty, username != ".", username != "..",
            username.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
        else { throw .invalidSettings(reason: "the Vault user name is empty or can't be part of a path") }
        let hex = Array("0123456789ABCDEF")
        return "/"
            + username.utf8.map { byte in
                isPlain(byte) ? "\(Unicode.Scalar(byte))" : "%\(hex[Int(byte >> 4)])\(hex[Int(byte & 15)])"
            }.joined()
    }

    /// Letters, digits and what else needs no escape in a path, but `~`, which mounts can't have.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-._".utf8.contains(byte)
        }
    }
}
