import Records
import TestServers
import Testing

@testable import KeyManagement

/// `vault-kms` over TLS against a real OpenBao.
@Suite struct VaultTLSTests {
    private let authority: TestAuthority

    init() throws {
        authority = try TestAuthority()
    }

    private func wrap(_ bao: OpenBao, _ settings: VaultSettings) throws {
        let key = try KeySecretID(parsing: "vault-kms://\(bao.secureHost!)/transit/keys/pii")
        _ = try VaultService(settings).wrap(
            SecretBytes(copying: [UInt8](repeating: 7, count: 32)), under: key, topic: "t", within: 5_000)
    }

    private func settings(_ bao: OpenBao) -> VaultSettings {
        VaultSettings(
            uri: "https://\(bao.secureHost!)",
            authentication: .token(.text(SecretBytes(copying: Array(OpenBao.rootToken.utf8)))),
            caFile: authority.certificateFile)
    }

    private func isTLSFailure(_ error: any Error) -> Bool {
        guard case .tlsFailed(_, let reason)? = error as? KeyManagementError else { return false }
        return !reason.isEmpty && (error as? KeyManagementError)?.isTransient == true
    }

    @Test func aServerOfAnAuthorityOfOnesOwnIsTrustedWhereItIsConfigured() throws {
        let bao = try OpenBao(identity: authority.issue("server", for: "IP:127.0.0.1"))
        try bao.makeKey("pii")
        var settings = settings(bao)
        try wrap(bao, settings)
        settings.caFile = nil
        #expect { try wrap(bao, settings) } throws: { isTLSFailure($0) }
        settings.caFile = try TestAuthority().certificateFile
        #expect { try wrap(bao, settings) } throws: { isTLSFailure($0) }
    }

    @Test func aServerWhoseCertificateNamesAnotherHostIsRefused() throws {
        let bao = try OpenBao(identity: authority.issue("server", for: "DNS:vault.example"))
        #expect { try wrap(bao, settings(bao)) } throws: { isTLSFailure($0) }
    }

    @Test func aClientsCertificateIsShownWhereTheServerAsksForOne() throws {
        let bao = try OpenBao(
            identity: authority.issue("server", for: "IP:127.0.0.1"), clientAuthority: authority.certificateFile)
        try bao.makeKey("pii")
        var settings = settings(bao)
        #expect { try wrap(bao, settings) } throws: { isTLSFailure($0) }
        let own = try authority.issue("client", for: "DNS:client.example")
        settings.certificateFile = own.certificateFile
        settings.keyFile = own.keyFile
        try wrap(bao, settings)
    }
}
