import HTTPTransport
import Records

/// The role of the EC2 instance, by version 2 of its metadata service; version 1, which answers whoever can make this
/// machine send a GET, is never used.
struct AWSInstanceMetadata: AWSCredentialSource {
    private let base: String
    private let client: HTTPClient

    private static let name = "the EC2 metadata service"

    /// Nil where the environment turns it off.
    init?(_ environment: AWSEnvironment, client: HTTPClient) throws(CredentialFailure) {
        guard !environment.isTrue("AWS_EC2_METADATA_DISABLED") else { return nil }
        let isIPv6 = environment["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"]?.lowercased() == "ipv6"
        let text =
            environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"]
            ?? (isIPv6 ? "http://[fd00:ec2::254]" : "http://169.254.169.254")
        guard let address = ServiceAddress(parsing: text) else {
            throw CredentialFailure(.rejected, "AWS_EC2_METADATA_SERVICE_ENDPOINT is no http or https address")
        }
        base = address.base
        self.client = client
    }

    func fetch(within milliseconds: Int) throws(CredentialFailure) -> AWSCredentials {
        let deadline = MonotonicClock.milliseconds + milliseconds
        let token = try token(until: deadline)
        let folder = "/latest/meta-data/iam/security-credentials/"
        let list = try get(folder, token, until: deadline)
        let role = list.withUnsafeBytes { bytes in
            String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }, as: UTF8.self)
        }
        // IAM's characters for a role's name.
        guard (1...64).contains(role.utf8.count),
            role.utf8.allSatisfy({ Self.isWordByte($0) || "+=,.@-".utf8.contains($0) }), role != ".", role != ".."
        else { throw CredentialFailure(.rejected, "\(Self.name) names no role") }
        let document = try get(folder + role, token, until: deadline)
        return try AWSCredentialDocument.credentials(in: document, from: Self.name)
    }

    private func token(until deadline: Int) throws(CredentialFailure) -> SecretBytes {
        let reply: HTTPResponse
        do throws(CredentialFailure) {
            reply = try send(
                .put, "/latest/api/token", HTTPHeader("X-aws-ec2-metadata-token-ttl-seconds", "300"), until: deadline)
        } catch {
            guard error.kind == .unavailable || error.kind == .timedOut else { throw error }
            throw CredentialFailure(
                error.kind,
                error.reason + "; on EC2 inside a container, the instance's hop limit for metadata must be 2 or more")
        }
        guard reply.status == 200, reply.secretBody.count > 0 else {
            throw CredentialFailure(
                reply.status >= 500 ? .unavailable : .rejected,
                "\(Self.name) gives no token of version 2 (status \(reply.status)); is it turned off?")
        }
        return reply.secretBody
    }

    private func get(_ path: String, _ token: SecretBytes, until deadline: Int) throws(CredentialFailure)
        -> SecretBytes
    {
        let reply = try send(.get, path, HTTPHeader("X-aws-ec2-metadata-token", secret: token), until: deadline)
        guard reply.status == 200 else {
            throw CredentialFailure(
                reply.status >= 500 ? .unavailable : .rejected,
                "\(Self.name) has no credentials (status \(reply.status)); does the instance have a role?")
        }
        return reply.secretBody
    }

    private func send(
        _ method: HTTPMethod, _ path: String, _ header: HTTPHeader, until deadline: Int
    ) throws(CredentialFailure) -> HTTPResponse {
        do throws(HTTPTransportError) {
            return try client.send(
                HTTPRequest(
                    method, base + path, headers: [header],
                    totalTimeoutMilliseconds: deadline - MonotonicClock.milliseconds))
        } catch {
            throw CredentialFailure(error)
        }
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == UInt8(ascii: "_")
    }
}
