/// One metric: what it is called and what it says, for the page and for the docs.
struct Metric: Hashable, Sendable {
    /// How it behaves, as the text format names it.
    enum Kind: String, Sendable {
        case counter
        case gauge
        case histogram
        case summary
    }

    let name: String
    let kind: Kind
    /// The labels' names, in their order.
    let labels: [String]
    let help: String

    /// No two have one name.
    static func == (left: Metric, right: Metric) -> Bool { left.name == right.name }

    func hash(into hasher: inout Hasher) { hasher.combine(name) }

    init(_ name: String, _ kind: Kind, _ labels: [String], _ help: String) {
        self.name = name
        self.kind = kind
        self.labels = labels
        self.help = help
    }
}
