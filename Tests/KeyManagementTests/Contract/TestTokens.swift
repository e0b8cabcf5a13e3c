import Foundation
import TestServers

/// Signs JSON Web Tokens (RFC 7515) by RS256, as an identity provider or Kubernetes does.
struct TestTokens: Sendable {
    /// What the header of each token holds.
    static let marker = Self.encoded(Data(#"{"alg":"RS256","kid":"fieldseal-tests"}"#.utf8))

    /// The public key, in PEM.
    let publicKey: String

    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        _ = try CommandRun(["openssl", "genrsa", "-out", "key.pem", "2048"], folder: folder.path)
        publicKey = String(
            decoding: try CommandRun(["openssl", "rsa", "-in", "key.pem", "-pubout"], folder: folder.path).output,
            as: UTF8.self)
    }

    /// A token with these claims, good for an hour.
    func token(subject: String, audience: String, more: String = "") throws -> String {
        let now = Int(Date().timeIntervalSince1970)
        let claims = """
            {"iss":"tests","sub":"\(subject)","aud":["\(audience)"],"iat":\(now),"nbf":\(now),"exp":\(now + 3600)\(more)}
            """
        let signed = Self.marker + "." + Self.encoded(Data(claims.utf8))
        let signature = try CommandRun(
            ["openssl", "dgst", "-sha256", "-sign", folder.file("key.pem")], input: Data(signed.utf8))
        return signed + "." + Self.encoded(signature.output)
    }

    private static func encoded(_ data: Data) -> String {
        data.base64EncodedString().replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
            .replacingOccurrences(of: "=", with: "")
    }
}
