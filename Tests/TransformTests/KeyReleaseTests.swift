import Cryptography
import KeyManagement
import Logging
import Records
import Synchronization
import Testing

@testable import Transform

/// What transforms keep of data keys while no record comes.
@Suite struct KeyReleaseTests {
    private final class Clock: Sendable {
        let now = Atomic<Int64>(1_000_000)
    }

    /// The bytes of the data keys that were made, as long as anyone holds them.
    private final class Made: Sendable {
        private struct Weak: Sendable {
            weak var bytes: SecretBytes?
        }

        private let all = Mutex<[Weak]>([])

        var alive: Int { all.withLock { $0.filter { $0.bytes != nil }.count } }

        func add(_ bytes: SecretBytes) { all.withLock { $0.append(Weak(bytes: bytes)) } }
    }

    @Test("A key whose time is over is wiped though no record comes")
    func release() async throws {
        let clock = Clock()
        let made = Made()
        let inMemory = InMemorySettings(randomKeys: ["pii"])
        let settings = KeyManagementSettings(keyTtlMilliseconds: 1_000, inMemory: inMemory)
        let cache = DataKeyCache(
            settings, service: try KeyManagementServices(settings), logger: Logger(label: "test"),
            clock: { clock.now.load(ordering: .relaxed) }
        ) { algorithm, _ throws(CryptographyError) in
            let key = try DataKey.generate(algorithm)
            made.add(key.bytes)
            return key
        }
        let rules = EncryptionRules(valueFields: [
            FieldRule(
                path: try FieldPath(parsing: "ssn"), key: try KeySecretTemplate(parsing: "in-memory-kms://pii"),
                algorithm: .aes256GCM)
        ])
        let encryptor = try RecordEncryptor(rules: rules, target: "t", keys: DataKeyReader(cache: cache))
        _ = try encryptor(TestRecord(#"{"ssn":"1"}"#), now: 1_000_000)
        #expect(made.alive == 1)
        clock.now.store(1_002_000, ordering: .relaxed)
        // Long enough for the cache's own thread to let it go: what is left is the encryptor's.
        let isKept = try await !Self.eventually(within: 2) { made.alive == 0 }
        #expect(isKept)
        encryptor.releaseExpired(now: 1_002_000)
        #expect(try await Self.eventually(within: 20) { made.alive == 0 })
        // And it finds a new one all the same.
        _ = try encryptor(TestRecord(#"{"ssn":"2"}"#), now: 1_002_000)
        #expect(made.alive == 1)
    }

    @Test("A decryptor whose key's time was over, and was let go, opens the next record of the same envelope")
    func reopening() throws {
        let clock = Clock()
        let settings = KeyManagementSettings(
            keyTtlMilliseconds: 1_000, inMemory: InMemorySettings(randomKeys: ["pii"]))
        let cache = DataKeyCache(
            settings, service: try KeyManagementServices(settings), logger: Logger(label: "test"),
            clock: { clock.now.load(ordering: .relaxed) })
        let rules = EncryptionRules(valueFields: [
            FieldRule(
                path: try FieldPath(parsing: "ssn"), key: try KeySecretTemplate(parsing: "in-memory-kms://pii"),
                algorithm: .aes256GCM)
        ])
        let encryptor = try RecordEncryptor(rules: rules, target: "t", keys: DataKeyReader(cache: cache))
        var sealed = try encryptor(TestRecord(#"{"ssn":"1"}"#), now: 1_000_000)
        sealed.topic = "t"
        let decryptor = try RecordDecryptor(
            rules: DecryptionRules(errorPolicy: .fail, keks: [try KeySecretPattern(parsing: "in-memory-kms://*")]),
            keys: DataKeyReader(cache: cache))
        #expect(try decryptor(sealed, now: 1_000_000).value == Array(#"{"ssn":"1"}"#.utf8))
        clock.now.store(1_002_000, ordering: .relaxed)
        decryptor.releaseExpired(now: 1_002_000)
        // Memory that was let go is used anew before it is looked at.
        _ = (0..<10_000).map { [UInt8](repeating: UInt8(truncatingIfNeeded: $0), count: 16 * ($0 % 16)) }
        #expect(try decryptor(sealed, now: 1_002_000).value == Array(#"{"ssn":"1"}"#.utf8))
    }

    private static func eventually(within seconds: Int, _ condition: () -> Bool) async throws -> Bool {
        let deadline = ContinuousClock.now.advanced(by: .seconds(seconds))
        while !condition() {
            guard ContinuousClock.now < deadline else { return false }
            try await Task.sleep(for: .milliseconds(20))
        }
        return true
    }
}
