/// Why a place of a schema is chosen, and what it says of how it is sealed.
public struct TagChoice: Hashable, Sendable {
    /// The listed tags that it has, in order.
    public var tags: [String]
    /// The key that it names itself.
    public var key: String?
    /// The algorithm that it names itself.
    public var algorithm: String?

    /// Makes a choice.
    public init(tags: [String], key: String? = nil, algorithm: String? = nil) {
        self.tags = tags
        self.key = key
        self.algorithm = algorithm
    }

    /// This choice of a field, with what the field's type says where the field itself says nothing.
    func completed(by type: TagChoice?) -> TagChoice {
        guard let type else { return self }
        return TagChoice(
            tags: (tags + type.tags.filter { !tags.contains($0) }).sorted(), key: key ?? type.key,
            algorithm: algorithm ?? type.algorithm)
    }
}
