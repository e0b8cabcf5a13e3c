import Foundation
import Records
import TestServers
import Testing

@testable import KeyManagement

/// `vault-kms` against a real OpenBao.
@Suite struct VaultServiceTests {
    private let bao: OpenBao
    private let secret = SecretBytes(copying: [UInt8](repeating: 7, count: 32))

    init() throws {
        bao = try OpenBao()
        try bao.makeKey("pii")
    }

    private func service(
        token: String = OpenBao.rootToken, namespace: String? = nil, aliases: [String] = []
    ) throws -> VaultService {
        try VaultService(
            VaultSettings(
                uri: bao.url, authentication: .token(.text(SecretBytes(copying: Array(token.utf8)))),
                namespace: namespace, aliases: aliases))
    }

    private func key(_ name: String = "pii", mount: String = "transit", host: String? = nil) throws -> KeySecretID {
        try KeySecretID(parsing: "vault-kms://\(host ?? bao.host)/\(mount)/keys/\(name)")
    }

    private func wrap(_ service: VaultService, _ key: KeySecretID) throws(KeyManagementError) -> [UInt8] {
        try service.wrap(secret, under: key, topic: "t", within: 5_000)
    }

    private func unwrap(_ service: VaultService, _ edek: [UInt8], _ key: KeySecretID) throws(KeyManagementError) {
        _ = try service.unwrap(edek, under: key, topic: "t", within: 5_000)
    }

    /// The name of the error's case, and whether it is transient.
    private func word(_ body: () throws(KeyManagementError) -> Void) -> String {
        do throws(KeyManagementError) {
            try body()
            return "none"
        } catch {
            let name = Mirror(reflecting: error).children.first?.label ?? "\(error)"
            return (error.isTransient ? "transient " : "permanent ") + name
        }
    }

    @Test func aTokenThatMayOnlyEncryptIsRefusedToDecrypt() throws {
        let policy = #"path "transit/encrypt/pii" { capabilities = ["update"] }"#
        for withDefaultPolicy in [true, false] {
            let service = try service(token: bao.token(policy: policy, withDefaultPolicy: withDefaultPolicy))
            let key = try key()
            let edek = try wrap(service, key)
            #expect(word { () throws(KeyManagementError) in try unwrap(service, edek, key) } == "permanent refused")
        }
    }

    @Test func aTokenThatMayUseAKeyDoesNotMakeOne() throws {
        let service = try service(token: bao.token(policy: VaultTestKMS.policy))
        let absent = try key("absent")
        #expect(word { () throws(KeyManagementError) in _ = try wrap(service, absent) } == "permanent refused")
        #expect(throws: OpenBao.Refused.self) { try bao.administer(.get, "transit/keys/absent") }
    }

    @Test func aWrongOrRevokedTokenIsATransientFailureOfTheCredentials() throws {
        let key = try key()
        let wrong = try service(token: "wrong-token-of-the-tests")
        #expect(word { () throws(KeyManagementError) in _ = try wrap(wrong, key) } == "transient unauthenticated")
        let token = try bao.token(policy: VaultTestKMS.policy)
        let service = try service(token: token)
        _ = try wrap(service, key)
        try bao.administer(.post, "auth/token/revoke", #"{"token":"\#(token)"}"#)
        #expect(word { () throws(KeyManagementError) in _ = try wrap(service, key) } == "transient unauthenticated")
    }

    @Test func aTokenFileIsReadAgainForEachCall() throws {
        let folder = try TemporaryFolder()
        let file = folder.file("token")
        let service = try VaultService(VaultSettings(uri: bao.url, authentication: .token(.file(path: file))))
        let key = try key()
        #expect(word { () throws(KeyManagementError) in _ = try wrap(service, key) } == "transient unauthenticated")
        try "wrong-token-of-the-tests\n".write(toFile: file, atomically: true, encoding: .utf8)
        #expect(word { () throws(KeyManagementError) in _ = try wrap(service, key) } == "transient unauthenticated")
        try (OpenBao.rootToken + "\n").write(toFile: file, atomically: true, encoding: .utf8)
        _ = try wrap(service, key)
    }

    @Test func aTokenThatIsNoHeaderValueIsATransientFailureThatDoesNotShowIt() throws {
        let service = try service(token: "secret-token\r\nX-Evil: 1")
        let key = try key()
        #expect {
            try wrap(service, key)
        } throws: { error in
            guard case .unauthenticated? = error as? KeyManagementError else { return false }
            return !"\(error)".contains("secret-token")
        }
    }

    @Test func aNamespaceIsSent() throws {
        try bao.administer(.post, "sys/namespaces/team")
        try bao.administer(.post, "sys/mounts/transit", #"{"type":"transit"}"#, namespace: "team")
        try bao.makeKey("own", namespace: "team")
        let key = try key("own")
        let inside = try service(namespace: "team")
        let edek = try wrap(inside, key)
        try unwrap(inside, edek, key)
        let outside = try service()
        #expect(word { () throws(KeyManagementError) in try unwrap(outside, edek, key) } == "permanent unknownKey")
        let elsewhere = try service(namespace: "nowhere")
        #expect(word { () throws(KeyManagementError) in try unwrap(elsewhere, edek, key) } == "permanent unknownKey")
    }

    @Test func anUnknownKeyOrMountIsPermanent() throws {
        let service = try service()
        let edek = try wrap(service, key())
        let absent = try key("absent")
        #expect(word { () throws(KeyManagementError) in try unwrap(service, edek, absent) } == "permanent unknownKey")
        let mount = try key(mount: "other/transit")
        #expect(word { () throws(KeyManagementError) in try unwrap(service, edek, mount) } == "permanent unknownKey")
        #expect(word { () throws(KeyManagementError) in _ = try wrap(service, mount) } == "permanent unknownKey")
    }

    @Test func aVersionThatThePolicyRetiredIsRefused() throws {
        let service = try service()
        let key = try key()
        let old = try wrap(service, key)
        try bao.administer(.post, "transit/keys/pii/rotate")
        try bao.administer(.post, "transit/keys/pii/config", #"{"min_decryption_version":2}"#)
        #expect(word { () throws(KeyManagementError) in try unwrap(service, old, key) } == "permanent refused")
        try unwrap(service, wrap(service, key), key)
    }

    @Test func aKeyForSigningIsUnusable() throws {
        try bao.administer(.post, "transit/keys/signing", #"{"type":"ed25519"}"#)
        let service = try service()
        let key = try key("signing")
        #expect(word { () throws(KeyManagementError) in _ = try wrap(service, key) } == "permanent unusableKey")
    }

    @Test(arguments: ["vault.example:8200", "127.0.0.1", "127.0.0.2", "localhost", "127.0.0.1:1"])
    func anAddressThatNamesAnotherHostIsRefused(host: String) throws {
        let service = try service(aliases: ["vault.example"])
        let key = try key(host: host)
        #expect(word { () throws(KeyManagementError) in _ = try wrap(service, key) } == "permanent foreignHost")
        let edek = Array("vault:v1:AAAA".utf8)
        #expect(word { () throws(KeyManagementError) in try unwrap(service, edek, key) } == "permanent foreignHost")
    }

    @Test(arguments: ["vault.example:8200", "VAULT.Example:8200", "other"])
    func anAliasIsAnotherNameOfTheConfiguredServer(host: String) throws {
        let service = try service(aliases: ["Vault.example:8200", "other"])
        let key = try key(host: host)
        try unwrap(service, wrap(service, key), key)
    }

    @Test func aServerThatIsSealedOrGoneIsATransientFailure() throws {
        let service = try service()
        let key = try key()
        try bao.administer(.put, "sys/seal")
        #expect(word { () throws(KeyManagementError) in _ = try wrap(service, key) } == "transient unavailable")
        bao.stop()
        #expect(word { () throws(KeyManagementError) in _ = try wrap(service, key) } == "transient unavailable")
    }

    @Test func aCacheOverItSealsOpensAndFollowsARotation() throws {
        let clock = TestClock()
        let cache = DataKeyCache(
            KeyManagementSettings(keyTtlMilliseconds: 1_000), service: try service(), clock: { clock.now })
        let worker = Worker(cache, clock: { clock.now })
        let kek = try key().text
        let old = try worker.sealer(kek)
        let sealed = try old.seal("4711")
        try bao.administer(.post, "transit/keys/pii/rotate")
        #expect(try worker.sealer(kek) === old)
        clock.advance(1_000)
        let new = try worker.sealer(kek)
        #expect(String(decoding: old.edek, as: UTF8.self).hasPrefix("vault:v1:"))
        #expect(String(decoding: new.edek, as: UTF8.self).hasPrefix("vault:v2:"))
        #expect(try worker.opener(old.edek, kek: kek).open(sealed) == "4711")
        #expect(try worker.opener(new.edek, kek: kek).open(new.seal("0815")) == "0815")
    }
}
