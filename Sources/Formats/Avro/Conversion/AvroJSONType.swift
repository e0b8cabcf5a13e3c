/// How values of one Avro type stand in JSON text; the types, parts and texts that it is made of are those of an
/// `AvroJSONTypes`.
struct AvroJSONType {
    enum Shape: UInt8 {
        case null, boolean, int, long, float, double, bytes, string
        /// A string of `count` characters, one a byte.
        case fixed
        /// A string; its symbols are `count` parts from `first` on.
        case enumeration
        /// A list of values of type `first`.
        case array
        /// An object with values of type `first`.
        case map
        /// An object; its fields are `count` parts from `first` on.
        case record
        /// A union of null and one other type, `first`, untagged; `count` is the index of its null.
        case nullable
        /// Any other union, tagged; its branches are `count` parts from `first` on.
        case union
    }

    var shape: Shape
    /// Whether its values are encoded in no bytes at all.
    var isEmpty: Bool
    var first: Int32 = 0
    var count: Int32 = 0
}
