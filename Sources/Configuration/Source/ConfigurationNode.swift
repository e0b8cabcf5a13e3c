/// A value in the file: YAML without tags, anchors or aliases, each part with its place.
struct ConfigurationNode {
    /// One key of a mapping and what it holds.
    struct Member {
        let name: String
        let mark: SourceMark
        let value: ConfigurationNode
    }

    enum Content {
        /// A plain scalar that YAML takes for no value: nothing at all, `~` or `null`.
        case null
        case scalar(String)
        case list([ConfigurationNode])
        case mapping([Member])
    }

    let content: Content
    let mark: SourceMark
    /// How many nodes it stands for, with every alias counted in full.
    let weight: Int

    init(_ content: Content, at mark: SourceMark) {
        self.content = content
        self.mark = mark
        let parts =
            switch content {
            case .null, .scalar: 0
            case .list(let elements): elements.reduce(0) { Self.sum($0, $1.weight) }
            case .mapping(let members): members.reduce(0) { Self.sum($0, $1.value.weight) }
            }
        weight = Self.sum(parts, 1)
    }

    /// What it is, for a message that says what was found.
    var kind: String {
        switch content {
        case .null: "nothing"
        case .scalar: "a value"
        case .list: "a list"
        case .mapping: "a mapping"
        }
    }

    private static func sum(_ left: Int, _ right: Int) -> Int {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }
}
