import Foundation
import TestServers
import Testing

/// The stand-ins for clouds are proved by the vendors' own clients before ours is tested on them.
@Suite struct CloudStubTests {
    /// Runs a proof, which ends with another status than 0 where the client and the stub disagree.
    private func prove(_ kind: CloudStub.Kind, for names: [String]) throws -> [String] {
        let authority = try TestAuthority()
        let folder = try TemporaryFolder()
        let identity = try authority.issue("cloud", for: names.map { "DNS:\($0)" }.joined(separator: ","))
        let stub = try CloudStub(kind, identity: identity)
        let run = try CommandRun([
            Project.python, Project.folder + "/Tests/Python/\(kind.rawValue)_proof.py", "\(stub.port)",
            "\(stub.securePort)", authority.certificateFile, folder.path,
        ])
        return String(decoding: run.output, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test func googlesOwnClientsTakeTheStubForCloudKMS() throws {
        let proved = try prove(
            .gcp,
            for: ["cloudkms", "oauth2", "sts", "iamcredentials"].map { "\($0).googleapis.com" })
        #expect(
            proved == [
                "proved: a service account signs its own tokens",
                "proved: a service account exchanges its assertions",
                "proved: the metadata server",
                "proved: workload identity federation",
                "proved: workload identity federation with a service account",
                "proved: checksums, permissions, versions and what is refused",
                "proved: tokens and keys that were taken back",
            ])
    }

    @Test func microsoftsOwnClientsTakeTheStubForKeyVault() throws {
        let proved = try prove(.azure, for: ["pii.vault.azure.net", "login.microsoftonline.com"])
        #expect(
            proved == [
                "proved: a client secret",
                "proved: workload identity",
                "proved: managed identity",
                "proved: managed identity with a client",
                "proved: wrapping by the service",
                "proved: versions, permissions and what is refused",
                "proved: tokens that were taken back, and a wrong secret",
            ])
    }
}
