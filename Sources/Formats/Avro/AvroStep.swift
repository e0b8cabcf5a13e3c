/// One instruction for walking a datum's bytes.
///
/// A program is a run of steps that ends in `end` or `leave`; where a step names a program it is by the index of its
/// first step, or -1 where there is nothing to read.
struct AvroStep: Sendable {
    enum Operation: UInt8, Sendable {
        /// Returns to the program that called this one.
        case end
        /// The begin and the end of a record's fields: one level of nesting. After `leave` the program returns too, after
        /// `exit`, the end of a record within a program, it goes on.
        case enter, leave, exit
        /// Goes on `operand` steps further on.
        case jump
        case boolean, int, long, bytes, string
        /// Passes over `operand` bytes of any content: floats, doubles and fixed.
        case skip
        /// Reads an index below `operand`.
        case enumeration
        /// Reads an index below the low half of `operand` and follows that one of as many `choice` steps behind it; it ends
        /// as many steps from here as the high half says.
        case union
        /// Runs `program`: a record's fields.
        case record
        /// Reads blocks of elements, each by `program`.
        case array
        /// Likewise, where sealed fields lie inside; the low half of `operand` counts the `choice` steps for elements
        /// that differ, the high half is 1 where elements take no bytes.
        case tracedArray
        /// Reads blocks of keys and values, each value by `program`.
        case map
        /// Likewise, where sealed fields lie inside; the low half of `operand` counts the `choice` steps for keys that
        /// differ, the high half is a rule that passes.
        case tracedMap
        /// A program to choose; `operand` is an element's index, or a key as a range of the pool. In a union it is how many
        /// steps from the union's the branch is written down, or 0 where `program` reads it.
        case choice
        /// Sets the last segment of the path to the spelling at `operand`, a range of the pool; only where a path with a
        /// wildcard leads through.
        case field
        /// A field to seal, read by `program`; the high half of `operand` is the rule, the low half the type.
        case seal
        /// A string to seal in place; `operand` as in `seal`.
        case sealString
        /// A string whose ciphertext goes to a header, as a uuid's does; `operand` as in `seal`.
        case sealHiddenString
    }

    var operation: Operation
    var program: Int32 = -1
    var operand: Int64 = 0

    /// The high half of `operand`.
    var high: Int { Int(operand >> 32) }
    /// The low half of `operand`.
    var low: Int { Int(operand & 0xFFFF_FFFF) }

    /// Two numbers in one operand, each from 0 to Int32.max.
    static func pack(high: Int, low: Int) -> Int64 {
        Int64(high) << 32 | Int64(low)
    }
}
