import HTTPTransport

/// Where AWS's own tools look for credentials: environment, web identity, shared profile, container, EC2 instance.
///
/// The first that is set up counts, and when it fails nothing else is tried: a service must not go on under another
/// identity than the one it was given.
struct AWSCredentialChain: AWSCredentialSource {
    private let environment: AWSEnvironment
    private let service: AWSTokenService
    private let metadataClient: HTTPClient

    init(_ environment: AWSEnvironment, service: AWSTokenService, metadataClient: HTTPClient) {
        self.environment = environment
        self.service = service
        self.metadataClient = metadataClient
    }

    func fetch(within milliseconds: Int) throws(CredentialFailure) -> AWSCredentials {
        if let key = try AWSEnvironmentKey(environment) { return try key.fetch(within: milliseconds) }
        if let identity = try AWSWebIdentity(environment, service: service) {
            return try identity.fetch(within: milliseconds)
        }
        let named = environment["AWS_PROFILE"]
        let profile = AWSProfileCredentials(
            name: named ?? "default", isNamed: named != nil, environment: environment, service: service,
            metadataClient: metadataClient)
        if let found = try profile.find(within: milliseconds) { return found }
        if let container = try AWSContainerCredentials(environment, client: metadataClient) {
            return try container.fetch(within: milliseconds)
        }
        let nothing = "neither the environment, a web identity, a shared profile nor a container gives any"
        guard let instance = try AWSInstanceMetadata(environment, client: metadataClient) else {
            throw CredentialFailure(.rejected, nothing)
        }
        do throws(CredentialFailure) {
            return try instance.fetch(within: milliseconds)
        } catch {
            // Who set nothing up meets this one, wherever the service is not.
            guard error.kind != .shutDown else { throw error }
            throw CredentialFailure(.rejected, "\(nothing), and \(error.reason)")
        }
    }
}
