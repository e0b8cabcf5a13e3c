/// A type that a rule of a plan seals, for people.
public struct AvroSealing: Hashable, Sendable {
    /// The type's name in the AAD.
    public let typeName: String
    /// Where its ciphertext goes.
    public let placement: FieldMatch.Placement
    /// What the field holds meanwhile; nil where it holds its ciphertext.
    public let placeholder: String?
}
