import KeyManagement

extension Form where Value == HTTPAddress {
    /// The address of a server.
    static var address: Form {
        .scalar("http(s)://HOST[:PORT][/PATH] without a user name, password or query") { found in
            HTTPAddress(parsing: found.text).map { .value($0) } ?? .refused()
        }
    }
}

extension Form where Value == Authority {
    /// A host and port.
    static var authority: Form {
        .scalar("HOST[:PORT]") { Authority(parsing: $0.text).map { .value($0) } ?? .refused() }
    }
}

extension Form where Value == KeySecretTemplate {
    /// A key's address, which a record may fill in.
    static var keyTemplate: Form {
        .scalar("a key's address, such as vault-kms://HOST[:PORT]/transit/keys/NAME") { found in
            do throws(KeySecretError) {
                return .value(try KeySecretTemplate(parsing: found.text))
            } catch {
                return .refused(error.configurationReason)
            }
        }
    }
}

extension Form where Value == KeySecretPattern {
    /// Addresses of keys.
    static var keyPattern: Form {
        .scalar("a key's address, in which * stands for part of one segment") { found in
            do throws(KeySecretError) {
                return .value(try KeySecretPattern(parsing: found.text))
            } catch {
                return .refused(error.configurationReason)
            }
        }
    }
}

extension KeySecretError {
    /// What is wrong, without the text that the message shows already.
    fileprivate var configurationReason: String {
        switch self {
        case .unknownPrefix:
            "no known prefix; known are \(KeyManagementProvider.allCases.map(\.prefix).joined(separator: ", "))"
        case .malformed(_, let reason): reason
        case .missing, .unusableValue: description
        }
    }
}
