/// The begin of a block of an array or map (Avro 1.12, "Complex Types" of the binary encoding).
struct AvroBlockHead {
    /// How many elements follow; 0 ends the array or map.
    var count: Int
    /// Where the block must end, where its byte size is given.
    var end: UnsafePointer<UInt8>?
    /// The bytes of the payload that spell the size.
    var sizeField: Range<Int>
    /// Whether they are more than the size needs.
    var isOverlong: Bool
}
