import HummingbirdCore
import HummingbirdTLS
import NIOSSL
import Pipeline

/// The listener's certificate and whose certificates it accepts, loaded.
struct ListenerCertificate {
    private let configuration: TLSConfiguration

    /// Loads the files.
    init(_ settings: AdminSettings.TLS) throws(OperationsError) {
        let chain = try Self.load(settings.certificateFile) { try NIOSSLCertificate.fromPEMFile($0) }
        guard !chain.isEmpty else {
            throw .certificate(reason: "\(settings.certificateFile) holds no certificate in PEM")
        }
        let key = try Self.load(settings.keyFile ?? settings.certificateFile) {
            try NIOSSLPrivateKey(file: $0, format: .pem)
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        if let authority = settings.clientAuthorityFile {
            let roots = try Self.load(authority) { try NIOSSLCertificate.fromPEMFile($0) }
            guard !roots.isEmpty else { throw .certificate(reason: "\(authority) holds no certificate in PEM") }
            configuration.trustRoots = .certificates(roots)
            // One that is shown must be good; probes show none.
            configuration.certificateVerification = .optionalVerification
        }
        self.configuration = configuration
    }

    /// `http` over TLS.
    func secured(_ http: HTTPServerBuilder) throws(OperationsError) -> HTTPServerBuilder {
        do {
            // Whether key and certificate belong together is found out here, not at the first connection.
            _ = try NIOSSLContext(configuration: configuration)
            return try .tls(http, tlsConfiguration: configuration)
        } catch {
            throw .certificate(reason: "\(error)")
        }
    }

    private static func load<Value>(
        _ path: String, _ body: (String) throws -> Value
    ) throws(OperationsError) -> Value {
        do {
            return try body(path)
        } catch {
            throw .certificate(reason: "\(path): \(error)")
        }
    }
}
