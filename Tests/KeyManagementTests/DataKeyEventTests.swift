import Cryptography
import Logging
import Records
import Synchronization
import TestServers
import Testing

@testable import KeyManagement

@Suite struct DataKeyEventTests {
    @Test("A key that is made, one that is renewed ahead, an outage and its end are told of")
    func events() async throws {
        let service = ScriptedService()
        let clock = TestClock()
        let told = Mutex<[DataKeyEvent]>([])
        var settings = KeyManagementSettings()
        settings.keyTtlMilliseconds = 10_000
        let cache = DataKeyCache(
            settings, service: service, logger: Logger(label: "t"), clock: { clock.now },
            onEvent: { event in told.withLock { $0.append(event) } })
        defer { cache.shutDown() }
        let reader = DataKeyReader(cache: cache)
        let kek = "in-memory-kms://pii"
        func ask() -> Bool {
            withBytes(kek) { kek in
                withBytes("sealed") { topic in
                    (try? reader.sealer(kek: kek, algorithm: .aes256GCM, topic: topic, now: clock.now)) != nil
                }
            }
        }
        try await expectSoon { ask() }
        #expect(told.withLock { $0.map(\.word) } == ["created"])
        clock.advance(8_500)
        _ = ask()
        try await expectSoon { told.withLock { $0.map(\.word) } == ["created", "renewed"] }
    }

    private func withBytes<Result>(_ text: String, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        Array(text.utf8).withUnsafeBytes(body)
    }

    private func expectSoon(_ condition: () -> Bool) async throws {
        for _ in 0..<500 {
            if condition() { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(condition())
    }
}

extension DataKeyEvent {
    fileprivate var word: String {
        switch self {
        case .created: "created"
        case .renewed: "renewed"
        case .suspended: "suspended"
        case .resumed: "resumed"
        }
    }
}
