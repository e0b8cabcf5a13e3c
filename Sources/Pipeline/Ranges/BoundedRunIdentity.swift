import Cryptography

/// The names of a bounded run: the same for the same command, so that a run which was cut off goes on.
struct BoundedRunIdentity: Hashable, Sendable {
    /// The group that commits how far the run is. Nobody joins it.
    let groupID: String
    /// The group that commits where the run ends, as it was resolved at its first start.
    let endGroupID: String
    /// The transactional id: a second run of the same command fences the first.
    let transactionalID: String

    /// Makes the names.
    ///
    /// - Parameters:
    ///   - pair: the pair, with the source and target of the run.
    ///   - words: what makes this run another than the next: the command, its range, its KEK.
    init(pair: TopicPair, words: [String]) {
        let name = ([pair.name, pair.source, pair.target] + words).joined(separator: "\u{0}")
        var digest = [UInt8](repeating: 0, count: 32)
        Array(name.utf8).withUnsafeBytes { name in
            digest.withUnsafeMutableBytes { out in
                if let start = out.baseAddress { SHA256.digest(name, into: start) }
            }
        }
        let hash = digest.prefix(12).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        groupID = "fieldseal.\(pair.name).run.\(hash)"
        endGroupID = groupID + ".end"
        transactionalID = groupID
    }
}
