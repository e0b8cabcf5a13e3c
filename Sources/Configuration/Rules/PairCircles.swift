import Pipeline

/// What a pair writes must not come back to its source.
///
/// A circle that leads through patterns leads through a pair with one source too: a pattern that encrypts matches no
/// target, and what a pattern has decrypted no other pattern matches. So the search starts at such pairs, and every name
/// that it meets is one of the file's or one template away from it.
struct PairCircles {
    private struct Step {
        let target: String
        let pair: Int
    }

    private let pairs: PairSet
    /// The pairs that read one topic, by that.
    private var readers: [String: [Step]] = [:]
    private var selections: [(pair: Int, selection: TopicSelection)] = []

    init(pairs: PairSet) {
        self.pairs = pairs
        for (index, topics) in pairs.topics.enumerated() {
            guard let topics else { continue }
            if let template = topics.template {
                let selection = try? TopicSelection(
                    pattern: topics.source, target: template, excluded: pairs.excludedTopics(ofPair: index))
                if let selection { selections.append((index, selection)) }
            } else if topics.source != topics.target {
                readers[topics.source, default: []].append(Step(target: topics.target, pair: index))
            }
        }
    }

    func check() {
        var told: Set<Int> = []
        for (index, topics) in pairs.topics.enumerated() where !told.contains(index) {
            guard let topics, topics.pattern == nil, topics.source != topics.target,
                let place = pairs.sections[index].value.located(PairSettings.target),
                let way = way(from: topics.target, to: topics.source)
            else { continue }
            told.formUnion(way.map(\.pair))
            let names = ([topics.source, topics.target] + way.map(\.target)).joined(separator: " -> ")
            pairs.diagnostics.error(
                at: place.mark, place.path,
                "the pairs make a circle, in which records would go round for ever: \(printable(names, limit: 300))")
        }
    }

    private func steps(from topic: String) -> [Step] {
        var steps = readers[topic] ?? []
        for (pair, selection) in selections {
            if case .read(let target) = selection.verdict(on: topic) { steps.append(Step(target: target, pair: pair)) }
        }
        return steps
    }

    /// The shortest way along pairs from one topic to another, or nil.
    private func way(from start: String, to end: String) -> [Step]? {
        var cameBy: [String: (topic: String, pair: Int)] = [:]
        var queue = [start]
        var next = 0
        while next < queue.count {
            let topic = queue[next]
            next += 1
            for step in steps(from: topic) where step.target != start && cameBy[step.target] == nil {
                cameBy[step.target] = (topic, step.pair)
                queue.append(step.target)
            }
        }
        guard cameBy[end] != nil else { return nil }
        var way: [Step] = []
        var topic = end
        while topic != start, let step = cameBy[topic] {
            way.append(Step(target: topic, pair: step.pair))
            topic = step.topic
        }
        return way.reversed()
    }
}
