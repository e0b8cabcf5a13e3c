import Foundation
import KeyManagement
import Testing

@testable import Configuration

/// The settings of the clouds' KMS.
@Suite struct CloudKeysTests {
    private func settings(
        _ kms: String, keks: [String], environment: [String: String] = [:]
    ) throws -> KeyManagementSettings {
        let text = """
            kafka: {bootstrap.servers: "localhost:9092"}
            kms: \(kms)
            pairs:
              - {name: a, source: x, target: y, decrypt: {keks: [\(keks.map { "\"\($0)\"" }.joined(separator: ", "))]}}

            """
        let files = ["sa.json": "{}", "secret": "s3cret\n", "token": "t\n", "ca.pem": "x"]
        let file = ConfigurationFile(text, environment: environment, files: files)
        return try #require(try file.configuration().pairs.first).keyManagement
    }

    private let gcpKey = "gcp-kms://projects/p/locations/l/keyRings/r/cryptoKeys/*"
    private let azureKey = "azure-kms://pii.vault.azure.net/keys/*"

    @Test func googlesDefaultsAreTheMachinesAccountAndGooglesAddresses() throws {
        let gcp = try #require(try settings("{gcp: {}}", keks: [gcpKey]).gcp)
        guard case .applicationDefault = gcp.credentials else {
            Issue.record("\(gcp.credentials)")
            return
        }
        #expect(gcp.endpoint == "https://cloudkms.googleapis.com")
        #expect(gcp.metadataServer == "http://metadata.google.internal")
        #expect(!gcp.exchangesTokens && !gcp.allowsInsecure && gcp.caFile == nil)
    }

    @Test func allOfGooglesSettingsAreRead() throws {
        let kms = """
            {gcp: {serviceAccountCredentialsFilePath: sa.json, tokenExchange: true, endpoint: "http://kms.example:1", \
            metadataServer: "http://169.254.1.1", caFile: ca.pem, allowInsecure: true}}
            """
        let gcp = try #require(try settings(kms, keks: [gcpKey]).gcp)
        guard case .file(let path) = gcp.credentials else {
            Issue.record("\(gcp.credentials)")
            return
        }
        #expect(path.hasSuffix("/sa.json"))
        #expect(gcp.endpoint == "http://kms.example:1" && gcp.metadataServer == "http://169.254.1.1")
        #expect(gcp.exchangesTokens && gcp.allowsInsecure && gcp.caFile?.hasSuffix("/ca.pem") == true)
    }

    @Test func azuresDefaultIsWhatTheEnvironmentHas() throws {
        let azure = try #require(try settings("{azure: {}}", keks: [azureKey]).azure)
        guard case .environment(nil, nil) = azure.credential else {
            Issue.record("\(azure.credential)")
            return
        }
        #expect(azure.vaults.isEmpty && azure.authorityHost == nil && azure.caFile == nil && !azure.allowsInsecure)
        #expect(azure.metadataServer == "http://169.254.169.254")
    }

    @Test func eachWayToLogInToAzureIsRead() throws {
        func credential(_ text: String) throws -> AzureSettings.Credential {
            try #require(
                try settings("{azure: {tokenCredential: \(text)}}", keks: [azureKey], environment: ["AZ": "s3cret"])
                    .azure
            ).credential
        }
        let application = "tenantId: t.example, clientId: 0-1"
        guard
            case .clientSecret("t.example", "0-1", .text) = try credential("{\(application), clientSecret: \"${AZ}\"}"),
            case .clientSecret("t.example", "0-1", .file(let secret)) = try credential(
                "{\(application), clientSecret: {file: secret}}"),
            case .workloadIdentity("t.example", "0-1", let token) = try credential(
                "{\(application), federatedTokenFile: token}"),
            case .managedIdentity("0-1") = try credential("{managedIdentity: true, clientId: 0-1}"),
            case .managedIdentity(nil) = try credential("{managedIdentity: true}"),
            case .environment("t.example", "0-1") = try credential("{\(application)}")
        else {
            Issue.record("another credential")
            return
        }
        #expect(secret.hasSuffix("/secret") && token.hasSuffix("/token"))
    }

    @Test func azuresVaultsMayBeListedWithEndpoints() throws {
        let kms = """
            {azure: {vaults: [{host: "Pii.vault.azure.net"}, {host: "b.example:8443", endpoint: "https://10.0.0.1"}]}}
            """
        let azure = try #require(
            try settings(kms, keks: [azureKey, "azure-kms://b.example:8443/keys/k", "azure-kms://*/keys/k"]).azure)
        #expect(azure.vaults.map(\.host) == ["pii.vault.azure.net", "b.example:8443"])
        #expect(azure.vaults.map(\.endpoint) == [nil, "https://10.0.0.1"])
    }
}
