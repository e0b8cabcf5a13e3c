import Foundation
import HTTPTransport
import Records

/// A stand-in for AWS on a free port of 127.0.0.1 that checks signatures, stopped when the object goes or the test's
/// process ends.
///
/// What each can't do is said where the tests take account of it.
public final class AWSStandIn: @unchecked Sendable {
    // Unchecked: the process is started in `init` and touched again only by `stop`, which its callers order.
    private let process = Process()
    private let input = Pipe()
    private let folder: TemporaryFolder
    private let client = HTTPClient()
    private var administrator = Identity(id: "test", secret: "test")

    /// Its address.
    public let url: String
    /// `127.0.0.1:PORT`.
    public let host: String

    /// The region that it is used in.
    public static let region = "eu-west-1"

    /// Which one.
    public enum Kind: Sendable {
        /// Moto: AES-GCM and encryption contexts, but no key states and no clock skew.
        case moto
        /// MiniStack: key states, clock skew and session tokens, but no integrity of what it encrypts.
        case ministack
    }

    /// An access key.
    public struct Identity: Sendable {
        /// Its id.
        public var id: String
        /// Its secret.
        public var secret: String
        /// The session token of a temporary one.
        public var token: String?
        /// Whose it is, where it is a user's own.
        public var user = ""

        /// Makes one of its parts.
        public init(id: String, secret: String, token: String? = nil, user: String = "") {
            self.id = id
            self.secret = secret
            self.token = token
            self.user = user
        }
    }

    /// An administrative call failed.
    public struct Refused: Error {
        /// The status of the reply.
        public let status: Int
        /// The reply.
        public let body: String
    }

    /// One for all tests that change nothing but keys and users of their own, since it takes seconds to start.
    public static let moto = Result { try AWSStandIn(.moto) }
    /// The other for all tests.
    public static let ministack = Result { try AWSStandIn(.ministack) }

    /// Starts it; `clockOffset` puts its clock off, such as `+20m`.
    public init(_ kind: Kind, clockOffset: String? = nil) throws {
        folder = try TemporaryFolder()
        let port = try FreePort.find()
        host = "127.0.0.1:\(port)"
        url = "http://\(host)"
        let programs = Project.folder + "/.deps/venv/bin/"
        // The library itself: the faketime command would stay between the shell and the server.
        var words = try clockOffset.map { ["env", "FAKETIME=\($0)", "LD_PRELOAD=\(try Self.fakeClock())"] } ?? []
        switch kind {
        case .moto: words += [programs + "moto_server", "-H", "127.0.0.1", "-p", "\(port)"]
        case .ministack:
            words += [
                "env", "AUTH=true", "BIND_HOST=127.0.0.1", "IOT_MTLS_ENABLED=0", "GATEWAY_PORT=\(port)",
                "MINISTACK_REGION=\(Self.region)", "MINISTACK_IMDS_V2_REQUIRED=1", programs + "ministack",
            ]
        }
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        // Its input ends with this process, however that ends.
        let script =
            "exec 3<&0; \"$@\" </dev/null 3<&- & p=$!; trap 'kill -9 $p' TERM; cat <&3 >/dev/null; kill -9 $p; wait $p"
        process.arguments = ["-c", script, "sh"] + words
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        process.environment = ["PATH": "/usr/bin:/bin", "HOME": folder.path, "TMPDIR": folder.path]
        process.standardInput = input
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        let probe = kind == .moto ? "/moto-api/data.json" : "/_ministack/health"
        try Poll.until(seconds: 60) { (try? client.send(HTTPRequest(.get, url + probe)).status) == 200 }
        if kind == .moto {
            administrator = try makeUser(allowing: ["*"])
            try require(
                client.send(
                    HTTPRequest(
                        .post, url + "/moto-api/reset-auth",
                        headers: [HTTPHeader("Content-Type", "application/octet-stream")], body: .plain([0x30]))))
        }
    }

    deinit {
        stop()
    }

    /// Ends it and waits until it has ended.
    public func stop() {
        guard process.isRunning else { return }
        try? input.fileHandleForWriting.close()
        process.terminate()
        process.waitUntilExit()
    }

    /// Debian's libfaketime, in the folder of the machine's kind.
    private static func fakeClock() throws -> String {
        let folders = try FileManager.default.contentsOfDirectory(atPath: "/usr/lib")
        let paths = folders.map { "/usr/lib/\($0)/faketime/libfaketime.so.1" }
        guard let path = paths.first(where: FileManager.default.fileExists) else { throw CocoaError(.fileNoSuchFile) }
        return path
    }

    /// Makes a symmetric key and returns its ARN.
    public func makeKey() throws -> String {
        let reply = try kms("CreateKey", [:])
        guard let metadata = reply["KeyMetadata"] as? [String: Any], let arn = metadata["Arn"] as? String else {
            throw Refused(status: 200, body: "\(reply)")
        }
        return arn
    }

    /// Gives a key another name and returns its ARN.
    public func makeAlias(of arn: String) throws -> String {
        let name = "alias/a" + UUID().uuidString.lowercased()
        _ = try kms("CreateAlias", ["AliasName": name, "TargetKeyId": arn])
        return arn.split(separator: ":").dropLast().joined(separator: ":") + ":" + name
    }

    /// Calls KMS as administrator; `target` is such as `DisableKey`.
    @discardableResult
    public func kms(_ target: String, _ body: [String: Any], as identity: Identity? = nil) throws -> [String: Any] {
        let reply = try client.send(
            HTTPRequest(
                .post, url + "/",
                headers: [
                    HTTPHeader("Content-Type", "application/x-amz-json-1.1"),
                    HTTPHeader("X-Amz-Target", "TrentService.\(target)"),
                ], body: .plain(Array(try JSONSerialization.data(withJSONObject: body))),
                authorization: authorization(identity ?? administrator, "kms")))
        try require(reply)
        // Some operations answer with nothing.
        return (try? JSONSerialization.jsonObject(with: Data(reply.body)) as? [String: Any]) ?? [:]
    }

    /// Makes a user who may do `actions`, such as `kms:Encrypt`, with `resources`, and an access key for it.
    public func makeUser(allowing actions: [String], on resources: [String] = ["*"]) throws -> Identity {
        let name = "u" + UUID().uuidString.lowercased()
        try query("iam", ["Action": "CreateUser", "UserName": name])
        try query(
            "iam",
            [
                "Action": "PutUserPolicy", "UserName": name, "PolicyName": "p",
                "PolicyDocument": policy(actions, resources),
            ])
        let key = try query("iam", ["Action": "CreateAccessKey", "UserName": name])
        return Identity(
            id: try text("AccessKeyId", key), secret: try text("SecretAccessKey", key), user: name)
    }

    /// Makes a role that anyone may assume and that may do `actions` with `resources`, and returns its ARN.
    public func makeRole(allowing actions: [String], on resources: [String] = ["*"]) throws -> String {
        let name = "r" + UUID().uuidString.lowercased()
        let trust = """
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*",
            "Action":["sts:AssumeRole","sts:AssumeRoleWithWebIdentity"]}]}
            """
        let role = try query("iam", ["Action": "CreateRole", "RoleName": name, "AssumeRolePolicyDocument": trust])
        try query(
            "iam",
            [
                "Action": "PutRolePolicy", "RoleName": name, "PolicyName": "p",
                "PolicyDocument": policy(actions, resources),
            ])
        return try text("Arn", role)
    }

    private func policy(_ actions: [String], _ resources: [String]) -> String {
        func list(_ texts: [String]) -> String { texts.map { "\"\($0)\"" }.joined(separator: ",") }
        return """
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":[\(list(actions))],
            "Resource":[\(list(resources))]}]}
            """
    }

    /// Temporary credentials of a user.
    public func session(of identity: Identity, seconds: Int = 3_600) throws -> Identity {
        let reply = try query(
            "sts", ["Action": "GetSessionToken", "DurationSeconds": "\(seconds)"], as: identity)
        return Identity(
            id: try text("AccessKeyId", reply), secret: try text("SecretAccessKey", reply),
            token: try text("SessionToken", reply))
    }

    /// Calls a service of AWS's Query protocol as administrator and returns the reply's XML.
    @discardableResult
    public func query(_ service: String, _ parameters: [String: String], as identity: Identity? = nil) throws -> String
    {
        let unreserved = CharacterSet(
            charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        let version = service == "iam" ? "2010-05-08" : "2011-06-15"
        let form = parameters.merging(["Version": version]) { first, _ in first }
            .map { "\($0)=\($1.addingPercentEncoding(withAllowedCharacters: unreserved)!)" }.joined(separator: "&")
        let reply = try client.send(
            HTTPRequest(
                .post, url + "/", headers: [HTTPHeader("Content-Type", "application/x-www-form-urlencoded")],
                body: .plain(Array(form.utf8)), authorization: authorization(identity ?? administrator, service)))
        try require(reply)
        return String(decoding: reply.body, as: UTF8.self)
    }

    /// Makes a user's access key unknown.
    public func deleteKey(_ identity: Identity) throws {
        try query("iam", ["Action": "DeleteAccessKey", "AccessKeyId": identity.id, "UserName": identity.user])
    }

    private func authorization(_ identity: Identity, _ service: String) -> HTTPAuthorization {
        .awsSigV4(
            AWSSigningKey(
                accessKeyID: identity.id, secretAccessKey: SecretBytes(copying: Array(identity.secret.utf8)),
                sessionToken: identity.token.map { SecretBytes(copying: Array($0.utf8)) }, region: Self.region,
                service: service))
    }

    private func require(_ reply: HTTPResponse) throws {
        guard reply.isSuccess else {
            throw Refused(status: reply.status, body: String(decoding: reply.body, as: UTF8.self))
        }
    }

    private func text(_ name: String, _ xml: String) throws -> String {
        guard let start = xml.range(of: "<\(name)>"), let end = xml[start.upperBound...].range(of: "</\(name)>") else {
            throw Refused(status: 200, body: xml)
        }
        return String(xml[start.upperBound..<end.lowerBound])
    }
}
