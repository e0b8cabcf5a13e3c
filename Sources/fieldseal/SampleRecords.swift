import Foundation
import KeyManagement
import Records
import Transform

/// Records of a file, explained one by one and summed up.
struct SampleRecords {
    /// A record that the pair would refuse.
    struct Refusal: Encodable {
        /// Counted from 1.
        var line: Int
        var reason: String
        var message: String
        var field: String?
    }

    /// How many of the places that a rule reaches are kept.
    private static let mostMatches = 100

    private let explainer: SealingExplainer
    private let source: [UInt8]
    private let timeout: Int64
    private(set) var entries: [SealingEntry] = []
    private(set) var refusals: [Refusal] = []
    private(set) var count = 0
    /// Whether a record was refused because the registry did not answer in time.
    private(set) var sawTimeout = false

    init(explainer: SealingExplainer, source: String, timeout: Int64) {
        self.explainer = explainer
        self.source = Array(source.utf8)
        self.timeout = timeout
    }

    /// Reads the lines of a file.
    mutating func read(path: String) throws {
        let lines = try Data(contentsOf: URL(filePath: path)).split(
            separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where line.contains(where: { !" \t\r".utf8.contains($0) }) {
            do throws(TransformError) {
                add(try explain(Array(line)))
            } catch {
                sawTimeout = sawTimeout || error.isTransient
                refusals.append(
                    Refusal(
                        line: index + 1, reason: error.reason.rawValue, message: error.message, field: error.field))
            }
            count += 1
        }
    }

    private func explain(_ line: [UInt8]) throws(TransformError) -> [SealingEntry] {
        let held = OutputBuffer(holding: line)
        let record = try RecordLine(parsing: held.bytes)
        let deadline = DataKeyCache.now() + timeout
        return try record.withRecord(defaultTopic: source) { view throws(TransformError) in
            while true {
                do throws(TransformError) {
                    return try explainer.explain(view, now: DataKeyCache.now())
                } catch {
                    let left = deadline - DataKeyCache.now()
                    guard error.isTransient, left > 0 else { throw error }
                    guard let need = error.need, explainer.obtain(need, within: Int(left)) else {
                        RetryPause.wait(atMost: left)
                        continue
                    }
                }
            }
        }
    }

    /// Rules that work out the same for several records are told once, with all that they reach.
    private mutating func add(_ found: [SealingEntry]) {
        for entry in found {
            var plain = entry
            plain.matches = []
            guard let known = entries.firstIndex(where: { $0.isSame(as: plain) }) else {
                entries.append(entry)
                continue
            }
            for match in entry.matches
            where entries[known].matches.count < Self.mostMatches && !entries[known].matches.contains(match) {
                entries[known].matches.append(match)
            }
        }
    }
}

extension SealingEntry {
    /// Whether both are the same but for what they reached.
    fileprivate func isSame(as other: SealingEntry) -> Bool {
        var mine = self
        mine.matches = []
        return mine == other
    }
}
