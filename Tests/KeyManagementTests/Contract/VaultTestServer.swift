import Foundation
import Synchronization
import TestServers

/// The OpenBao that tests of `vault-kms` share, and what its login methods need around it.
final class VaultTestServer: Sendable {
    static let shared = Result { try VaultTestServer() }

    let bao: OpenBao
    /// Signs the server's certificate and the clients'.
    let authority: TestAuthority
    /// Signs tokens as an identity provider does.
    let tokens: TestTokens
    /// Answers TokenReview as Kubernetes does: a token is good where it holds `TestTokens.marker`.
    let kubernetes: StubServer

    var secureURL: String { "https://\(bao.secureHost!)" }

    private init() throws {
        authority = try TestAuthority()
        tokens = try TestTokens()
        bao = try OpenBao(identity: authority.issue("server", for: "IP:127.0.0.1"))
        kubernetes = try StubServer { request in
            let isGood = request.contains(TestTokens.marker)
            let user = #""user":{"username":"system:serviceaccount:prod:fieldseal","uid":"u-1","groups":[]}"#
            return .reply(
                status: 201,
                body: """
                    {"kind":"TokenReview","apiVersion":"authentication.k8s.io/v1",\
                    "status":{"authenticated":\(isGood),"audiences":["vault"],\(user)}}
                    """, headers: ["Content-Type: application/json"])
        }
    }
}
