import HTTPTransport
import Records

/// The credentials endpoint of a container in ECS or of a pod with EKS Pod Identity.
struct AWSContainerCredentials: AWSCredentialSource {
    private let url: String
    private let token: SecretSource?
    private let client: HTTPClient

    /// Nil where the environment names no endpoint; throws where it names one that must not be asked.
    init?(_ environment: AWSEnvironment, client: HTTPClient) throws(CredentialFailure) {
        if let path = environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] {
            guard path.hasPrefix("/"), path.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw CredentialFailure(.rejected, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is no path")
            }
            url = "http://\(Self.ecsHost)" + path
        } else if let full = environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] {
            let query = full.firstIndex(of: "?") ?? full.endIndex
            guard let address = ServiceAddress(parsing: String(full[..<query])),
                full.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
            else {
                throw CredentialFailure(.rejected, "AWS_CONTAINER_CREDENTIALS_FULL_URI is no http or https address")
            }
            guard address.isSecure || address.isLoopback || Self.hosts.contains(address.server.host)
            else {
                throw CredentialFailure(
                    .rejected,
                    "AWS_CONTAINER_CREDENTIALS_FULL_URI is an http address beyond this machine that is none of "
                        + Self.hosts.joined(separator: ", "))
            }
            url = full
        } else {
            return nil
        }
        if let file = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] {
            token = .file(path: file)
        } else if var text = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] {
            token = .text(text.withUTF8 { SecretBytes(copying: UnsafeRawBufferPointer($0)) })
        } else {
            token = nil
        }
        self.client = client
    }

    private static let ecsHost = "169.254.170.2"
    /// ECS's and EKS's, which are link-local: their `http` does not leave the machine.
    private static let hosts = [ecsHost, "169.254.170.23", "[fd00:ec2::23]"]

    func fetch(within milliseconds: Int) throws(CredentialFailure) -> AWSCredentials {
        var headers: [HTTPHeader] = []
        if let token {
            do throws(SecretSource.Unreadable) {
                headers.append(HTTPHeader("Authorization", secret: try token.read()))
            } catch {
                throw CredentialFailure(.rejected, error.reason)
            }
        }
        let origin = "the container's credentials endpoint"
        let reply: HTTPResponse
        do throws(HTTPTransportError) {
            reply = try client.send(HTTPRequest(.get, url, headers: headers, totalTimeoutMilliseconds: milliseconds))
        } catch {
            throw CredentialFailure(error)
        }
        guard reply.status == 200 else {
            throw CredentialFailure(
                reply.status >= 500 ? .unavailable : .rejected,
                "\(origin) answers with status \(reply.status); does the task or pod have a role?")
        }
        return try AWSCredentialDocument.credentials(in: reply.secretBody, from: origin)
    }
}
