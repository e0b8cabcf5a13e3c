import Foundation
import HTTPTransport
import Records
import TestServers
import Testing

@Suite struct AWSSignatureTests {
    private func secret(_ text: String) -> SecretBytes {
        Array(text.utf8).withUnsafeBytes { SecretBytes(copying: $0) }
    }

    /// HMAC-SHA-256 by the openssl command, as an independent judge; key and result in hex.
    private func hmac(_ keyHex: String, _ text: String) throws -> String {
        let run = try CommandRun(
            ["openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt", "hexkey:" + keyHex, "-r"], input: Data(text.utf8))
        return String(String(decoding: run.output, as: UTF8.self).prefix(64))
    }

    private func sha256(_ text: String) throws -> String {
        let run = try CommandRun(["openssl", "dgst", "-sha256", "-r"], input: Data(text.utf8))
        return String(String(decoding: run.output, as: UTF8.self).prefix(64))
    }

    @Test func aRequestIsSignedAsAWSSpecifies() throws {
        let stub = try StubRegistry()
        let key = AWSSigningKey(
            accessKeyID: "AKIDEXAMPLE", secretAccessKey: secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
            sessionToken: secret("session/token=="), region: "eu-west-1", service: "kms")
        let body = "{\"KeyId\":\"alias/x\"}"
        let echo = try Echo(
            HTTPClient().send(
                HTTPRequest(
                    .post, stub.url + "/stub/echo",
                    headers: [
                        HTTPHeader("Content-Type", "application/x-amz-json-1.1"),
                        HTTPHeader("X-Amz-Target", "TrentService.Encrypt"),
                    ], body: .plain(Array(body.utf8)), authorization: .awsSigV4(key))))
        let authorization = try #require(echo.values("Authorization").first)
        let date = try #require(echo.values("X-Amz-Date").first)
        #expect(echo.values("X-Amz-Security-Token") == ["session/token=="])

        func part(_ name: String) -> String? {
            authorization.components(separatedBy: name + "=").dropFirst().first.flatMap {
                $0.split(separator: ",").first.map(String.init)
            }
        }
        let day = String(date.prefix(8))
        let scope = "\(day)/eu-west-1/kms/aws4_request"
        #expect(part("Credential") == "AKIDEXAMPLE/" + scope)
        let names = try #require(part("SignedHeaders"))
        for needed in ["host", "x-amz-date", "x-amz-security-token", "x-amz-target"] {
            #expect(names.split(separator: ";").contains(Substring(needed)))
        }
        for name in names.split(separator: ";") { #expect(echo.values(String(name)).count == 1, "\(name)") }
        let lines = names.split(separator: ";").map { "\($0):\(echo.values(String($0)).joined(separator: ","))\n" }
        let canonical = "POST\n/stub/echo\n\n\(lines.joined())\n\(names)\n\(try sha256(body))"
        let text = "AWS4-HMAC-SHA256\n\(date)\n\(scope)\n\(try sha256(canonical))"
        var chain = Data("AWS4wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".utf8).map { String(format: "%02x", $0) }
            .joined()
        for step in [day, "eu-west-1", "kms", "aws4_request"] { chain = try hmac(chain, step) }
        #expect(part("Signature") == (try hmac(chain, text)))
    }
}
