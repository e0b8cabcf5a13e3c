import Records
import Synchronization

@testable import KeyManagement

/// A KMS in the test's hands: it counts, fails and keeps callers waiting as told.
final class ScriptedService: KeyManagementService {
    struct Call: Equatable {
        let isWrap: Bool
        let key: String
        let topic: String
    }

    private struct State {
        var calls: [Call] = []
        var concurrent = 0
        var mostConcurrent = 0
        var keys: [[UInt8]: SecretBytes] = [:]
        var errors: [KeyManagementError] = []
        var isHeld = false
        var answer: SecretBytes?
    }

    private let monitor = Monitor(State())

    var calls: [Call] { monitor.withLock { $0.calls } }
    var wraps: Int { calls.filter(\.isWrap).count }
    var unwraps: Int { calls.count - wraps }
    var mostConcurrent: Int { monitor.withLock { $0.mostConcurrent } }

    /// The next calls fail with these, one each.
    func fail(_ errors: KeyManagementError...) {
        monitor.withLock { $0.errors += errors }
    }

    /// Unwraps give this whatever they are asked.
    func answer(_ bytes: SecretBytes) {
        monitor.withLock { $0.answer = bytes }
    }

    /// Calls wait until `release`.
    func hold() {
        monitor.withLock { $0.isHeld = true }
    }

    func release() {
        monitor.withLock { $0.isHeld = false }
        monitor.wakeAll()
    }

    private func enter(_ call: Call) throws(KeyManagementError) {
        monitor.withLock { state in
            state.calls.append(call)
            state.concurrent += 1
            state.mostConcurrent = max(state.mostConcurrent, state.concurrent)
        }
        _ = monitor.wait(atMost: 20_000) { $0.isHeld ? nil : true }
        let error = monitor.withLock { state -> KeyManagementError? in
            state.concurrent -= 1
            return state.errors.isEmpty ? nil : state.errors.removeFirst()
        }
        if let error { throw error }
    }

    func wrap(
        _ dataKey: SecretBytes, under key: KeySecretID, topic: String, within milliseconds: Int
    ) throws(KeyManagementError) -> [UInt8] {
        try enter(Call(isWrap: true, key: key.text, topic: topic))
        return monitor.withLock { state in
            let edek = Array("edek-\(state.keys.count + 1)".utf8)
            state.keys[edek] = dataKey
            return edek
        }
    }

    func unwrap(
        _ edek: [UInt8], under key: KeySecretID, topic: String, within milliseconds: Int
    ) throws(KeyManagementError) -> SecretBytes {
        try enter(Call(isWrap: false, key: key.text, topic: topic))
        let found = monitor.withLock { $0.answer ?? $0.keys[edek] }
        guard let found else { throw .undecryptable(key: key, reason: "unknown") }
        return found
    }
}
