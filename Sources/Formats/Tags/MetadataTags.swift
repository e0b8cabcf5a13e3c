/// Tags that a registry keeps beside a schema (Confluent's data contracts, `metadata.tags`): patterns of full names, and the
/// tags of what they match.
///
/// In a pattern `?` stands for one character but `.`, `*` for any number of those, `**` for any characters at all.
public struct MetadataTags: Sendable {
    private let patterns: [(pattern: [UInt8], tags: [String])]

    /// The longest pattern and the longest name that are compared, in bytes; a longer pattern matches everything, so that
    /// nothing stays in the clear for it.
    private static let longest = 4_096

    /// Takes the registry's answer over.
    public init(_ tags: [String: [String]] = [:]) {
        patterns = tags.sorted { $0.key < $1.key }.map { (Array($0.key.utf8), $0.value) }
    }

    /// Whether there are none.
    public var isEmpty: Bool { patterns.isEmpty }

    /// The tags of what has this full name.
    public func tags(of name: String) -> [String] {
        guard !patterns.isEmpty else { return [] }
        let name = Array(name.utf8)
        return patterns.flatMap { Self.matches(name, $0.pattern) ? $0.tags : [] }
    }

    /// In time proportional to the product of the lengths, whatever the pattern.
    private static func matches(_ name: [UInt8], _ pattern: [UInt8]) -> Bool {
        guard name.count <= longest, pattern.count <= longest else { return true }
        // Which prefixes of the name the pattern up to here matches.
        var reached = [Bool](repeating: false, count: name.count + 1)
        reached[0] = true
        var position = 0
        while position < pattern.count {
            let isStar = pattern[position] == UInt8(ascii: "*")
            let isDouble = isStar && position + 1 < pattern.count && pattern[position + 1] == UInt8(ascii: "*")
            if isStar {
                for index in name.indices where reached[index] && (isDouble || name[index] != UInt8(ascii: ".")) {
                    reached[index + 1] = true
                }
            } else {
                for index in name.indices.reversed() {
                    let fits =
                        pattern[position] == UInt8(ascii: "?")
                        ? name[index] != UInt8(ascii: ".") : name[index] == pattern[position]
                    reached[index + 1] = reached[index] && fits
                }
                reached[0] = false
            }
            position += isDouble ? 2 : 1
        }
        return reached[name.count]
    }
}
