import Hummingbird
import HummingbirdCore
import HummingbirdTLS
public import Logging
import NIOCore
import NIOPosix
public import Pipeline
public import ServiceLifecycle
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The HTTP listener: probes, metrics, the status page, and what operators do.
///
/// One thread serves it; nothing that blocks runs there. As a `Service` it runs until graceful shutdown.
public final class AdminServer: Service {
    private let settings: AdminSettings
    private let services: OperationsServices
    private let logger: Logger
    private let server: HTTPServerBuilder
    private let boundPort = Mutex<Int?>(nil)

    /// Connections at one time; more wait to be accepted.
    private static let connectionLimit = 128

    /// Makes a listener; nothing is listened on yet.
    ///
    /// - Throws: where the certificate or the key can't be used.
    public init(settings: AdminSettings, services: OperationsServices, logger: Logger) throws(OperationsError) {
        self.settings = settings
        self.services = services
        self.logger = logger
        let http = HTTPServerBuilder { responder in
            HeldConnection(
                HTTP1Channel(
                    responder: responder,
                    configuration: .init(
                        idleTimeout: .seconds(30),
                        httpDecoderConfiguration: .init(
                            maxHeaderFieldSize: 8 * 1024, maxHeaderListSize: 16 * 1024, maxHeaderFieldCount: 64))))
        }
        server =
            try settings.tls.map { (tls) throws(OperationsError) in try ListenerCertificate(tls).secured(http) } ?? http
    }

    /// The port that is listened on; nil before.
    public var port: Int? { boundPort.withLock { $0 } }

    /// Serves until graceful shutdown or cancellation.
    ///
    /// - Throws: `OperationsError` where the address can't be listened on.
    public func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let application = Application(
            responder: AdminRoutes(settings: settings, services: services, logger: logger).responder(),
            server: server,
            configuration: .init(
                address: .hostname(settings.host, port: settings.port), serverName: nil, backlog: 128,
                availableConnectionsDelegate: MaximumAvailableConnections(Self.connectionLimit)),
            onServerRunning: { self.began(on: $0) },
            eventLoopGroupProvider: .shared(group), logger: quietLogger())
        let result: Result<Void, any Error>
        do {
            result = .success(try await application.run())
        } catch {
            result = .failure(failure(error))
        }
        try? await group.shutdownGracefully()
        try result.get()
    }

    private func began(on channel: any Channel) {
        boundPort.withLock { $0 = channel.localAddress?.port }
        logger.info(
            "HTTP interface is up",
            metadata: ["address": "\(settings.host):\(port ?? settings.port)", "tls": "\(settings.tls != nil)"])
    }

    /// What the library tells of single connections and requests is only for whoever looks for a fault in them.
    private func quietLogger() -> Logger {
        var logger = logger
        logger.logLevel = logger.logLevel <= .debug ? logger.logLevel : .error
        return logger
    }

    private func failure(_ error: any Error) -> any Error {
        if error is CancellationError { return error }
        let reason = (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(error)"
        return OperationsError.listen(address: "\(settings.host):\(settings.port)", reason: reason)
    }
}
