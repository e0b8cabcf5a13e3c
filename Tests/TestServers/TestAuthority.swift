import Foundation

/// A certificate authority made for one test by the openssl command.
public final class TestAuthority: Sendable {
    /// PEM file of its own certificate.
    public let certificateFile: String

    private let folder: TemporaryFolder

    /// A certificate and its private key, as PEM files that live as long as the authority.
    public struct Identity: Sendable {
        /// The certificate.
        public let certificateFile: String
        /// The key, unencrypted.
        public let keyFile: String
    }

    /// Makes an authority with a key of its own.
    public init() throws {
        folder = try TemporaryFolder()
        certificateFile = folder.file("ca.pem")
        try Self.openssl(
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                "-subj", "/CN=Test authority", "-keyout", "ca.key", "-out", "ca.pem",
                "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign",
            ], folder)
    }

    /// Issues a certificate for `names` in the form of openssl's subjectAltName, such as `IP:127.0.0.1`.
    ///
    /// With 0 days it has expired.
    public func issue(_ name: String, for names: String, days: Int = 2) throws -> Identity {
        try Self.openssl(
            [
                "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=\(name)",
                "-keyout", "\(name).key", "-out", "\(name).csr",
            ], folder)
        try Data("subjectAltName=\(names)\n".utf8).write(to: URL(fileURLWithPath: folder.file("\(name).ext")))
        try Self.openssl(
            [
                "x509", "-req", "-in", "\(name).csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                // Not from a file, since several may be issued at once.
                "-set_serial", "\(UInt64.random(in: 1...UInt64(Int64.max)))", "-days", "\(days)", "-extfile",
                "\(name).ext", "-out", "\(name).pem",
            ], folder)
        return Identity(certificateFile: folder.file("\(name).pem"), keyFile: folder.file("\(name).key"))
    }

    /// Makes a certificate for 127.0.0.1 that no authority has signed.
    public func selfSigned() throws -> Identity {
        try Self.openssl(
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                "-subj", "/CN=self", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "self.key", "-out",
                "self.pem",
            ], folder)
        return Identity(certificateFile: folder.file("self.pem"), keyFile: folder.file("self.key"))
    }

    private static func openssl(_ words: [String], _ folder: TemporaryFolder) throws {
        _ = try CommandRun(["openssl"] + words, folder: folder.path)
    }
}
