#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The files that AWS's tools share: `~/.aws/config` and `~/.aws/credentials`.
struct AWSProfileFiles: Sendable {
    private let configFile: String?
    private let credentialsFile: String?

    /// The longest file that is read, in bytes.
    static let maximumLength = 1 << 20

    /// Where the environment says they are, else in the home folder.
    init(_ environment: AWSEnvironment) {
        func path(_ variable: String, _ name: String) -> String? {
            let home = environment["HOME"]
            guard let path = environment[variable] else { return home.map { "\($0)/.aws/\(name)" } }
            guard path.hasPrefix("~/"), let home else { return path }
            return home + path.dropFirst()
        }
        configFile = path("AWS_CONFIG_FILE", "config")
        credentialsFile = path("AWS_SHARED_CREDENTIALS_FILE", "credentials")
    }

    /// The profile as the files have it now, those of the credentials file first; nil where neither has it.
    func profile(_ name: String) throws(CredentialFailure) -> AWSProfile? {
        var profile = AWSProfile(name: name)
        let inConfig = try take(
            name == "default" ? ["default", "profile default"] : ["profile \(name)"], of: configFile, into: &profile)
        let inCredentials = try take([name], of: credentialsFile, into: &profile)
        return inConfig || inCredentials ? profile : nil
    }

    /// Both paths, for an error.
    var names: String {
        [configFile, credentialsFile].compactMap { $0 }.joined(separator: " and ")
    }

    private func take(
        _ sections: [String], of file: String?, into profile: inout AWSProfile
    ) throws(CredentialFailure) -> Bool {
        var status = stat()
        guard let file, stat(file, &status) == 0, status.st_size > 0 else { return false }
        do throws(SecretSource.Unreadable) {
            return try SecretSource.read(file, maximumLength: Self.maximumLength).withUnsafeBytes {
                profile.take(sectionsNamed: sections, of: $0)
            }
        } catch {
            throw CredentialFailure(.rejected, error.reason)
        }
    }
}
