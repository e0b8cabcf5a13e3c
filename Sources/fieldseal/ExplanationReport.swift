import Foundation
import Pipeline
import Transform

/// What `fieldseal explain` prints.
struct ExplanationReport {
    let pair: TopicPair
    let tags: TagRule?
    var entries: [SealingEntry] = []
    /// The records of a sample; nil where there is none.
    var recordCount: Int?
    var refusals: [SampleRecords.Refusal] = []

    init(pair: TopicPair, tags: TagRule?) {
        self.pair = pair
        self.tags = tags
    }

    /// For people.
    func text() -> String {
        var lines = ["\(pair.name): \(pair.source) -> \(pair.target)"]
        if let tags {
            lines.append(
                "chosen by tags in schemas: \(tags.tags.joined(separator: ", ")) (attributes \(tags.namespace)*)")
        }
        if let recordCount { lines.append("records: \(recordCount), of which \(refusals.count) would be refused") }
        for refusal in refusals {
            let field = refusal.field.map { " at \($0)" } ?? ""
            lines.append("line \(refusal.line): \(refusal.reason)\(field): \(refusal.message)")
        }
        for entry in entries where !matchesNothing(entry) { lines += ["", title(of: entry)] + details(of: entry) }
        let idle = entries.filter(matchesNothing)
        if !idle.isEmpty { lines += ["", "matches nothing:"] + idle.map { "  \(title(of: $0))" } }
        return lines.joined(separator: "\n")
    }

    /// For programs.
    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let document = Document(
            pair: pair.name, source: pair.source, target: pair.target, tags: tags?.tags, records: recordCount,
            refused: recordCount == nil ? nil : refusals, rules: entries.map(rule))
        return String(decoding: try encoder.encode(document), as: UTF8.self)
    }

    /// Of a sample, whether nothing was reached; else whether nothing of the schema can be.
    private func matchesNothing(_ entry: SealingEntry) -> Bool {
        if recordCount != nil, !entry.path.isEmpty { return entry.matches.isEmpty }
        return entry.canMatch == false
    }

    private func title(of entry: SealingEntry) -> String {
        entry.path.isEmpty ? "\(entry.part), whole" : "\(entry.part) \(entry.path)"
    }

    private func details(of entry: SealingEntry) -> [String] {
        var lines = [
            "  why:         \(reason(of: entry))", "  key:         \(entry.key)", "  algorithm:   \(entry.algorithm)",
        ]
        if entry.sealed.isEmpty { lines.append("  ciphertext:  depends on the schema of each record") }
        for sealed in entry.sealed {
            lines.append("  ciphertext:  \(place(of: sealed)), of type \(sealed.type)")
            if let placeholder = sealed.placeholder { lines.append("  placeholder: \(placeholder)") }
        }
        if !entry.matches.isEmpty { lines.append("  reaches:     \(entry.matches.joined(separator: ", "))") }
        return lines
    }

    private func reason(of entry: SealingEntry) -> String {
        guard let choice = entry.choice else { return "listed in the configuration" }
        var words: [String] = []
        if !choice.tags.isEmpty { words.append("tag \(choice.tags.joined(separator: ", "))") }
        if choice.key != nil { words.append("the schema names its key") }
        if choice.algorithm != nil { words.append("the schema names its algorithm") }
        return words.joined(separator: "; ")
    }

    private func place(of sealed: SealingEntry.Sealed) -> String {
        switch sealed.ciphertext {
        case .inPlace: "in place"
        case .header(let name): "in the header \(name)"
        }
    }

    private func rule(of entry: SealingEntry) -> Document.Rule {
        Document.Rule(
            part: entry.part, path: entry.path.isEmpty ? nil : entry.path,
            why: Document.Why(
                listed: entry.choice == nil, tags: entry.choice?.tags ?? [], ownKey: entry.choice?.key != nil,
                ownAlgorithm: entry.choice?.algorithm != nil),
            keySecretId: entry.key, algorithm: entry.algorithm,
            sealed: entry.sealed.map { sealed in
                let header: String? = if case .header(let name) = sealed.ciphertext { name } else { nil }
                return Document.Sealed(type: sealed.type, header: header, placeholder: sealed.placeholder)
            }, matchesNothing: matchesNothing(entry), matches: recordCount == nil ? nil : entry.matches)
    }

    /// The shape of the JSON object.
    private struct Document: Encodable {
        struct Why: Encodable {
            var listed: Bool
            var tags: [String]
            var ownKey: Bool
            var ownAlgorithm: Bool
        }

        struct Sealed: Encodable {
            var type: String
            /// Where the ciphertext goes, if not in place.
            var header: String?
            var placeholder: String?
        }

        struct Rule: Encodable {
            var part: String
            var path: String?
            var why: Why
            var keySecretId: String
            var algorithm: String
            var sealed: [Sealed]
            var matchesNothing: Bool
            var matches: [String]?
        }

        var pair: String
        var source: String
        var target: String
        var tags: [String]?
        var records: Int?
        var refused: [SampleRecords.Refusal]?
        var rules: [Rule]
    }
}
