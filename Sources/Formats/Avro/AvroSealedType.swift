import Records

/// A kind of field that a plan seals.
struct AvroSealedType: Hashable, Sendable {
    /// Its name in the AAD.
    let name: String
    let placement: FieldMatch.Placement
    /// Empty where it is sealed in place.
    let placeholder: [UInt8]
    /// The same for people; nil where it is sealed in place.
    let placeholderText: String?
}
