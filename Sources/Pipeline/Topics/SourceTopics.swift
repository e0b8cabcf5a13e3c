import Synchronization

/// The topics that a pair reads now, as its workers are to subscribe to them.
final class SourceTopics: Sendable {
    private struct State {
        var topics: [String: SourceTopic] = [:]
        var names: [String] = []
    }

    private let state = Mutex(State())
    private let changes = Atomic<Int>(0)

    /// Grows whenever `names` changes; a look at it costs next to nothing.
    var version: Int { changes.load(ordering: .acquiring) }

    /// Their names, in order.
    var names: [String] { state.withLock { $0.names } }

    /// All of them, in the order of their names.
    var all: [SourceTopic] { state.withLock { state in state.names.compactMap { state.topics[$0] } } }

    /// The topic of this name, if it is one of them.
    func topic(named name: String) -> SourceTopic? { state.withLock { $0.topics[name] } }

    /// Takes the place of what is known of one topic, or adds it.
    func put(_ topic: SourceTopic) {
        change { $0[topic.name] = topic }
    }

    /// Takes the place of all.
    func replace(by topics: [SourceTopic]) {
        change { $0 = Dictionary(topics.map { ($0.name, $0) }) { first, _ in first } }
    }

    private func change(_ body: (inout [String: SourceTopic]) -> Void) {
        state.withLock { state in
            body(&state.topics)
            let names = state.topics.keys.sorted()
            guard names != state.names else { return }
            state.names = names
            changes.add(1, ordering: .releasing)
        }
    }
}
