import Foundation
import Records
import Synchronization
import TestServers

@testable import KeyManagement

/// `gcp-kms` for the contract suite, by each way to log in.
struct GCPTestKMS: RemoteTestKMS {
    enum Way: Sendable {
        case signedTokens
        case exchangedTokens
        case metadataServer
        case federation
        case impersonation
    }

    private let way: Way
    private let cloud: GCPCloud
    private let folder: TemporaryFolder
    private let email: String
    private let name: String
    /// The credentials files that services use, with the address of the token service in them.
    private let files = Files()

    let key: KeySecretID
    let otherKey: KeySecretID
    let absentKey: KeySecretID
    let refusedKey: KeySecretID?
    private var made: (any KeyManagementService)?

    var service: any KeyManagementService { made! }
    var url: String { cloud.stub.url }
    var keyCalls: String { ":(en|de)crypt " }
    var credentialCalls: String? {
        switch way {
        case .signedTokens: nil
        case .exchangedTokens: "^POST /token "
        case .metadataServer: "computeMetadata"
        case .federation: "^POST /v1/token "
        case .impersonation: "generateAccessToken"
        }
    }
    var rotate: (@Sendable () throws -> Void)? { { [cloud, name] in try cloud.makeKey(name) } }
    var enable: (@Sendable (Bool) throws -> Void)? { { [cloud, name] in try cloud.enable(name, $0) } }

    init(_ way: Way) throws {
        self.way = way
        cloud = try GCPCloud.shared.get()
        folder = try TemporaryFolder()
        let id = "k" + UUID().uuidString.lowercased()
        email = "\(id)@p.iam.gserviceaccount.com"
        name = "projects/p/locations/europe-west3/keyRings/r/cryptoKeys/\(id)"
        key = try KeySecretID(parsing: "gcp-kms://\(name)")
        otherKey = try KeySecretID(parsing: "gcp-kms://\(name)-other")
        absentKey = try KeySecretID(parsing: "gcp-kms://\(name)-absent")
        refusedKey = try KeySecretID(parsing: "gcp-kms://\(name)-refused")
        _ = try cloud.account(email, tokenAddress: "")
        for suffix in ["", "-other", "-refused"] { try cloud.makeKey(name + suffix) }
        for suffix in ["", "-other", "-absent"] { try cloud.grant(email, name + suffix) }
        try expireCredentials()
        made = try service(via: Route(url: cloud.stub.url))
    }

    func service(via route: Route) throws -> any KeyManagementService {
        var settings = GCPSettings(endpoint: route.url, caFile: route.caFile)
        switch way {
        case .signedTokens, .exchangedTokens:
            settings.exchangesTokens = way == .exchangedTokens
            settings.credentials = .file(path: try accountFile(tokenAddress: route.url + "/token"))
        case .metadataServer:
            settings.credentials = .metadataServer
            settings.metadataServer = "\(route.url)/machine/\(email.prefix { $0 != "@" })"
        case .federation, .impersonation:
            settings.credentials = .file(path: try externalFile(route, subjectFile: folder.file("subject")))
        }
        return try KeyManagementServices(KeyManagementSettings(gcp: settings))
    }

    func serviceWithWrongCredentials() throws -> any KeyManagementService {
        var settings = GCPSettings(endpoint: url)
        switch way {
        case .signedTokens, .exchangedTokens:
            settings.exchangesTokens = way == .exchangedTokens
            let stale = try cloud.account("stale-" + email, tokenAddress: url + "/token")
            _ = try cloud.account("stale-" + email, tokenAddress: url + "/token")
            try stale.write(to: URL(fileURLWithPath: folder.file("stale.json")))
            settings.credentials = .file(path: folder.file("stale.json"))
        case .metadataServer:
            settings.credentials = .metadataServer
            settings.metadataServer = "\(url)/machine/nobody"
        case .federation, .impersonation:
            try Data(ContractProvider.wrongSecret.utf8).write(to: URL(fileURLWithPath: folder.file("wrong")))
            settings.credentials = .file(path: try externalFile(Route(url: url), subjectFile: folder.file("wrong")))
        }
        return try KeyManagementServices(KeyManagementSettings(gcp: settings))
    }

    /// A service account that signs its own tokens gets a new key; others lose their tokens, and what those came from.
    func expireCredentials() throws {
        switch way {
        case .signedTokens:
            let account = try cloud.account(email, tokenAddress: "")
            for (path, address) in files.all { try Self.write(account, address, to: path) }
        case .exchangedTokens, .metadataServer: try cloud.revoke(email)
        case .federation, .impersonation:
            try cloud.revoke(email)
            try cloud.subjectToken(email).write(toFile: folder.file("subject"), atomically: true, encoding: .utf8)
        }
    }

    private func accountFile(tokenAddress: String) throws -> String {
        let path = folder.file(UUID().uuidString)
        files.add(path, tokenAddress)
        let account = try cloud.account(email, tokenAddress: "")
        // The new key is the account's only one.
        for (path, address) in files.all { try Self.write(account, address, to: path) }
        return path
    }

    private static func write(_ account: Data, _ tokenAddress: String, to path: String) throws {
        var fields = try JSONDecoder().decode([String: String].self, from: account)
        fields["token_uri"] = tokenAddress
        try JSONEncoder().encode(fields).write(to: URL(fileURLWithPath: path), options: .atomic)
    }

    private func externalFile(_ route: Route, subjectFile: String) throws -> String {
        struct File: Encodable {
            struct Source: Encodable { let file: String }
            let type = "external_account"
            let audience = GCPCloud.audience
            let subject_token_type = "urn:ietf:params:oauth:token-type:jwt"
            let token_url: String
            let service_account_impersonation_url: String?
            let credential_source: Source
        }
        let file = File(
            token_url: route.url + "/v1/token",
            service_account_impersonation_url: way == .impersonation
                ? "\(route.url)/v1/projects/-/serviceAccounts/\(email):generateAccessToken" : nil,
            credential_source: File.Source(file: subjectFile))
        let path = folder.file(UUID().uuidString)
        try JSONEncoder().encode(file).write(to: URL(fileURLWithPath: path))
        return path
    }

    private final class Files: Sendable {
        private let paths = Mutex<[String: String]>([:])

        var all: [String: String] { paths.withLock { $0 } }

        func add(_ path: String, _ address: String) {
            paths.withLock { $0[path] = address }
        }
    }
}
