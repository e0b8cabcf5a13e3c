/// A field of a record.
struct AvroField: Hashable, Sendable {
    let name: String
    /// Its type, as an index into the schema's `types`.
    let type: Int
    /// What is written beside it that Avro gives no meaning.
    var attributes = SchemaAttributes()
}
