/// What an envelope's entry says of a rule under one schema.
public struct AvroRulePlan: Hashable, Sendable {
    /// The AAD's name of the type that the rule seals, or `union` where the fields it reaches differ in type or
    /// placement, or where it reaches none.
    public let typeName: String
    /// Whether every field it reaches holds a placeholder, its ciphertext being in a header; false for `union`.
    public let isHeader: Bool
}
