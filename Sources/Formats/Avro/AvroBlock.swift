/// A block of an array or map whose byte size is written before it and which holds sealed fields.
struct AvroBlock {
    /// The bytes of the payload that spell the size.
    var sizeField: Range<Int>
    /// The size, in bytes.
    var size: Int
    /// Its fields, as indices into the matches.
    var matches: Range<Int>
    /// One more than the index of the last block within it, in the order in which blocks begin.
    var end: Int
}
