import Records

/// Writes zig-zag variable-length numbers in their shortest form (Avro 1.12, "Primitive Types" of the binary encoding).
enum AvroVarint {
    /// How many bytes a length takes.
    static func size(ofLength length: Int) -> Int {
        max(1, (Int.bitWidth - (length << 1).leadingZeroBitCount + 6) / 7)
    }

    /// The most bytes that a number takes.
    static let maximumCount = 10

    /// Writes a number to where `out` points, and moves that on behind it.
    @inline(__always)
    static func write(_ number: Int64, to out: inout UnsafeMutableRawPointer) {
        var rest = UInt64(bitPattern: number << 1 ^ number >> 63)
        while rest > 0x7F {
            out.storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, as: UInt8.self)
            out += 1
            rest >>= 7
        }
        out.storeBytes(of: UInt8(truncatingIfNeeded: rest), as: UInt8.self)
        out += 1
    }

    /// Appends a length.
    static func append(length: Int, to out: OutputBuffer) {
        append(Int64(length), to: out)
    }

    /// Appends a number.
    static func append(_ number: Int64, to out: OutputBuffer) {
        let begin = out.reserve(maximumCount)
        var end = begin
        write(number, to: &end)
        out.commit(end - begin)
    }

    /// The bytes of a number.
    static func bytes(_ number: Int64) -> [UInt8] {
        var rest = UInt64(bitPattern: number << 1 ^ number >> 63)
        var bytes: [UInt8] = []
        while rest > 0x7F {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
        return bytes
    }
}
