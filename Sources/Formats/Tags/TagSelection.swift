/// Which places of a schema are chosen: those with a listed tag, and those that name a key or an algorithm of their own.
public struct TagSelection: Hashable, Sendable {
    /// The listed tags.
    public var tags: Set<String>
    /// What the names of this product's own attributes begin with, such as `fieldseal.`.
    public var namespace: String

    /// Confluent's attribute for tags, which is understood as well.
    public static let confluentTags = "confluent:tags"

    /// Makes a selection.
    public init(tags: Set<String>, namespace: String = "fieldseal.") {
        self.tags = tags
        self.namespace = namespace
    }

    /// The names of the attributes that this product reads.
    public var attributeNames: (tags: String, key: String, algorithm: String) {
        (namespace + "tags", namespace + "keySecretId", namespace + "algorithm")
    }

    /// What the attributes of a place, and the tags that a registry keeps of it, amount to; nil where it is not chosen.
    ///
    /// - Parameter place: what an error calls it.
    func choice(
        _ attributes: SchemaAttributes, tagged more: [String] = [], at place: @autoclosure () -> String
    ) throws(TagError) -> TagChoice? {
        if attributes.isEmpty && more.isEmpty { return nil }
        let names = attributeNames
        var found = more
        for name in [names.tags, Self.confluentTags] {
            found += try texts(name, attributes, at: place())
        }
        let choice = TagChoice(
            tags: Set(found).intersection(tags).sorted(), key: try text(names.key, attributes, at: place()),
            algorithm: try text(names.algorithm, attributes, at: place()))
        return choice.tags.isEmpty && choice.key == nil && choice.algorithm == nil ? nil : choice
    }

    private func texts(
        _ name: String, _ attributes: SchemaAttributes, at place: @autoclosure () -> String
    ) throws(TagError) -> [String] {
        switch attributes.values[name] {
        case nil: return []
        case .texts(let texts): return texts
        case .other: throw TagError(at: place(), "the attribute \(name) is neither a text nor a list of texts")
        }
    }

    private func text(
        _ name: String, _ attributes: SchemaAttributes, at place: @autoclosure () -> String
    ) throws(TagError) -> String? {
        let texts = try texts(name, attributes, at: place())
        guard texts.count <= 1 else { throw TagError(at: place(), "the attribute \(name) has more than one value") }
        return texts.first
    }
}
