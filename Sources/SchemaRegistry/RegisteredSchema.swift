/// A schema as the registry holds it, with everything it refers to.
///
/// What an id stands for never changes in a registry, so one object serves for good; it is a class so that handing it
/// out costs one retain.
public final class RegisteredSchema: Sendable {
    /// Its id in the registry.
    public let id: UInt32
    /// The language it is written in.
    public let type: SchemaType
    /// Its text.
    public let text: String
    /// What it refers to, directly or not, each name once, and each after everything that it refers to itself.
    public let references: [ReferencedSchema]
    /// Tags that the registry keeps beside the text (`metadata.tags`): a path pattern and the tags of what it matches.
    public let metadataTags: [String: [String]]

    /// The bytes of all texts.
    var byteCount: Int { references.reduce(text.utf8.count) { $0 + $1.text.utf8.count } }

    /// Makes a schema from its parts.
    public init(
        id: UInt32, type: SchemaType, text: String, references: [ReferencedSchema] = [],
        metadataTags: [String: [String]] = [:]
    ) {
        self.id = id
        self.type = type
        self.text = text
        self.references = references
        self.metadataTags = metadataTags
    }
}
