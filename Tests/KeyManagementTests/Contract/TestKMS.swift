import KeyManagement
import TestServers

/// A provider as the contract suite needs it; each provider that is added brings one.
///
/// Tests run at the same time: each gets one of its own, with keys of its own, which may share a server.
protocol TestKMS: Sendable {
    /// The service, with credentials that may wrap and unwrap and nothing else.
    var service: any KeyManagementService { get }
    /// A key that exists.
    var key: KeySecretID { get }
    /// Another key that exists.
    var otherKey: KeySecretID { get }
    /// A well-formed address of a key that does not exist.
    var absentKey: KeySecretID { get }
    /// A key that exists and that the credentials may not use; nil where the provider knows no permissions.
    var refusedKey: KeySecretID? { get }
    /// Makes `key` wrap by a new version; nil where the provider has no versions.
    var rotate: (@Sendable () throws -> Void)? { get }
    /// Puts `key` out of use at the KMS (false) and back (true); nil where the provider knows no such thing.
    var enable: (@Sendable (Bool) throws -> Void)? { get }
}

/// A provider that is reached over HTTP, which the suite puts a proxy before.
protocol RemoteTestKMS: TestKMS {
    /// The server's address without TLS, `http://HOST:PORT`.
    var url: String { get }
    /// What is in the head (request line and headers) of the requests that wrap and unwrap and of no other, as a regular
    /// expression; see `FaultProxy`.
    var keyCalls: String { get }
    /// The same for the requests by which credentials are had; nil where no request is made for them.
    var credentialCalls: String? { get }
    /// What a server that is asked too often says.
    var throttle: FaultProxy.Fault { get }

    /// The way straight to the server.
    var direct: Route { get }
    /// A proxy before the server; with TLS where it is given a certificate.
    func makeProxy(identity: TestAuthority.Identity?) throws -> FaultProxy

    /// A new service with the credentials of `service` that reaches the server by another way, for the same keys.
    func service(via route: Route) throws -> any KeyManagementService
    /// A new service with credentials that the server does not accept; they hold `ContractProvider.wrongSecret` where
    /// they are text.
    func serviceWithWrongCredentials() throws -> any KeyManagementService
    /// Makes the server refuse the short-lived credentials that services hold now. They must find new ones without a
    /// restart.
    func expireCredentials() throws
}

extension RemoteTestKMS {
    var throttle: FaultProxy.Fault { .reply(status: 429) }
    var direct: Route { Route(url: url) }

    func makeProxy(identity: TestAuthority.Identity? = nil) throws -> FaultProxy {
        try FaultProxy(before: url, identity: identity)
    }
}

/// How a service reaches its server.
struct Route {
    /// The address to call in place of the server's own.
    var url: String
    /// The PEM file of the authorities to trust; the system's where nil.
    var caFile: String?
}
