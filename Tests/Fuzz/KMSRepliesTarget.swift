import HTTPTransport
import Records

@testable import HTTPTransport
@testable import KeyManagement

/// What the key management services and the logins of clouds answer.
final class KMSRepliesTarget: FuzzTarget {
    private let secret = SecretBytes(copying: UnsafeRawBufferPointer(start: nil, count: 0))
    private let token: SecretBytes
    private let azure: KeySecretID
    private let gcp: KeySecretID
    private let aws: KeySecretID
    private let vault: KeySecretID

    init() throws {
        token = Array("a-token-of-many-bytes/that=must+not.be.repeated".utf8).withUnsafeBytes {
            SecretBytes(copying: $0)
        }
        azure = try KeySecretID(parsing: "azure-kms://fieldseal.vault.azure.net/keys/pii")
        gcp = try KeySecretID(parsing: "gcp-kms://projects/p/locations/global/keyRings/r/cryptoKeys/pii")
        aws = try KeySecretID(
            parsing: "aws-kms://arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab")
        vault = try KeySecretID(parsing: "vault-kms://vault:8200/transit/keys/pii")
    }

    func run(_ input: UnsafeRawBufferPointer) {
        let (choice, bytes) = input.chosen
        let statuses = [200, 400, 401, 403, 404, 408, 429, 500, 503, 302, 410]
        let reply = HTTPResponse(
            status: statuses[Int(choice >> 3) % statuses.count], secretBody: SecretBytes(copying: bytes), attempts: 1,
            headers: [("x-amzn-errortype", InputParts(bytes)[1].text)])
        switch choice & 7 {
        case 0: readAzure(bytes, reply)
        case 1: readGCP(bytes, reply)
        case 2: readAWS(bytes, reply)
        case 3: readVault(bytes, reply)
        case 4: readChallenge(bytes)
        case 5: readText(bytes)
        case 6: readProfile(bytes)
        default: readToken(bytes)
        }
    }

    private func readAzure(_ bytes: UnsafeRawBufferPointer, _ reply: HTTPResponse) {
        guard let key = try? AzureKey(azure) else { return }
        if let read = try? AzureReply(bytes, key) {
            let text = AzureWrappedKey(version: read.version, ciphertext: read.value).text
            let again = text.withUnsafeBytes { AzureWrappedKey(parsing: $0) }
            expect(text.count > 4_096 || again?.version == read.version, "an EDEK is read as it was written")
        }
        _ = AzureRefusal(.unwrap, reply: reply, secrets: [token, secret]).error(azure).description
    }

    private func readGCP(_ bytes: UnsafeRawBufferPointer, _ reply: HTTPResponse) {
        let read = GCPReply(key: gcp, bytes: bytes)
        guard case .gcp(let resource) = gcp.address else { return }
        _ = try? read.checkName(resource)
        _ = try? read.isTrue("verifiedPlaintextCrc32c")
        if let text = try? read.string("plaintext"), let plaintext = try? SecretJSON.decodeBase64(text, gcp) {
            _ = try? read.check("plaintextCrc32c", of: plaintext)
        }
        _ = GCPRefusal(.decrypt, reply: reply, secrets: [token]).error(gcp).description
    }

    private func readAWS(_ bytes: UnsafeRawBufferPointer, _ reply: HTTPResponse) {
        _ = try? AWSCredentialDocument.credentials(in: reply.secretBody, from: "the service")
        let refusal = AWSRefusal(reply, secrets: [token])
        _ = refusal.isOfCredentials
        _ = refusal.error(aws, action: "Decrypt", topic: "topic").description
        for name in ["AccessKeyId", "SecretAccessKey", "Expiration"] { _ = XMLReply.text(of: name, in: bytes) }
        _ = AWSTimestamp.seconds(bytes.text)
    }

    private func readVault(_ bytes: UnsafeRawBufferPointer, _ reply: HTTPResponse) {
        for name in ["ciphertext", "plaintext"] {
            guard let found = try? JSONReply.string(at: [.member("data"), .member(name)], in: bytes) else { continue }
            _ = try? SecretJSON.decodeBase64(found, vault)
            _ = SecretJSON.unescaped(found)
        }
        _ = VaultRefusal(reply: reply, secrets: [token]).error(vault, isTokenRejected: true).description
    }

    private func readChallenge(_ bytes: UnsafeRawBufferPointer) {
        guard let challenge = AzureChallenge(bytes.text) else { return }
        _ = AzureVaults.isResource(challenge.resource, of: "fieldseal.vault.azure.net")
    }

    private func readText(_ bytes: UnsafeRawBufferPointer) {
        if let decoded = Base64URL.decode(bytes) {
            let out = OutputBuffer()
            decoded.withUnsafeBytes { Base64URL.encode($0, to: out) }
            expect(out.bytes.elementsEqual(bytes), "base64 for URLs is written as it was read")
        }
        let out = OutputBuffer(capacity: bytes.count)
        if let count = Base64.decode(bytes, into: out.reserve(bytes.count)) {
            out.commit(count)
            expect(Base64.encode(out.bytes).utf8.elementsEqual(bytes), "base64 is written as it was read")
        }
        _ = AzureWrappedKey(parsing: bytes)
        let words = ServiceWords.shown(bytes, without: [token])
        expect(!words.contains("many-bytes/that="), "a token is not repeated")
    }

    private func readProfile(_ bytes: UnsafeRawBufferPointer) {
        var profile = AWSProfile(name: "p")
        guard profile.take(sectionsNamed: ["p", "profile p"], of: bytes) else { return }
        _ = profile["role_arn"]
        _ = profile.secret("aws_secret_access_key")
    }

    private func readToken(_ bytes: UnsafeRawBufferPointer) {
        let endpoint = TokenEndpoint(name: "the service", client: Self.client)
        _ = try? endpoint.token([.member("access_token")], in: bytes)
        _ = try? endpoint.seconds([.member("expires_in")], in: bytes)
    }

    private static let client = HTTPClient(HTTPClient.Settings())
}
