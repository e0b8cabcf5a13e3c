/// A field of a record, a branch of a union or a symbol of an enum, as it stands in JSON text.
struct AvroJSONPart {
    /// Where its text begins: a field's or branch's key with its quotes and colon, a symbol with its quotes.
    var text: Int32
    /// How long its text is, in bytes.
    var count: Int32
    /// The type of the field or branch.
    var type: Int32 = 0
    /// Which of its type's branches or symbols is the one at this place in the order of their names.
    var sorted: Int32 = 0

    /// How long its name is, in bytes; it begins after the quote.
    func nameCount(isKey: Bool) -> Int { Int(count) - (isKey ? 3 : 2) }
}
