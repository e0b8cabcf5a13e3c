public import Records

/// A field that a schema chooses.
public struct TaggedField: Hashable, Sendable {
    /// Where it is.
    public var path: FieldPath
    /// Why, and how it is sealed.
    public var choice: TagChoice

    /// Makes a field.
    public init(path: FieldPath, choice: TagChoice) {
        self.path = path
        self.choice = choice
    }
}
