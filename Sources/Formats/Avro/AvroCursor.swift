/// Reads the parts of Avro's binary encoding from somebody else's memory (Avro 1.12, "Binary Encoding").
///
/// Every read is checked against `limit`; the bytes must outlive the cursor.
struct AvroCursor {
    let start: UnsafePointer<UInt8>
    let limit: UnsafePointer<UInt8>
    private(set) var cursor: UnsafePointer<UInt8>

    /// An address for payloads that have none; nothing is ever read there.
    private static var nowhere: UnsafePointer<UInt8> { UnsafePointer(bitPattern: 1).unsafelyUnwrapped }

    init(_ payload: UnsafeRawBufferPointer) {
        start = payload.baseAddress?.assumingMemoryBound(to: UInt8.self) ?? Self.nowhere
        limit = start + payload.count
        cursor = start
    }

    /// Where it stands, in bytes from 0.
    var position: Int { cursor - start }

    /// How many bytes are left.
    var left: Int { limit - cursor }

    @inline(__always)
    mutating func boolean() throws(FormatError) -> Bool {
        guard cursor < limit, cursor.pointee <= 1 else { throw malformed("no boolean: not 0 or 1") }
        cursor += 1
        return cursor[-1] == 1
    }

    /// Reads an `int`: at most five bytes, of 32 bits together.
    @inline(__always)
    mutating func int() throws(FormatError) -> Int32 {
        guard cursor < limit else { throw endsEarly() }
        let first = cursor.pointee
        cursor += 1
        guard first >= 0x80 else { return Self.unzigzag(UInt32(first)) }
        return Self.unzigzag(UInt32(truncatingIfNeeded: try rest(of: first, bytes: 5, lastAtMost: 0x0F)))
    }

    /// Reads a `long`: at most ten bytes, of 64 bits together.
    @inline(__always)
    mutating func long() throws(FormatError) -> Int64 {
        guard cursor < limit else { throw endsEarly() }
        let first = cursor.pointee
        cursor += 1
        guard first >= 0x80 else { return Self.unzigzag(UInt64(first)) }
        return Self.unzigzag(try rest(of: first, bytes: 10, lastAtMost: 0x01))
    }

    private mutating func rest(of first: UInt8, bytes: Int, lastAtMost: UInt8) throws(FormatError) -> UInt64 {
        var value = UInt64(first & 0x7F)
        for place in 1..<bytes {
            guard cursor < limit else { throw endsEarly() }
            let byte = cursor.pointee
            guard place < bytes - 1 || byte <= lastAtMost else { throw malformed("a number overflows its type") }
            cursor += 1
            value |= UInt64(byte & 0x7F) << UInt64(7 * place)
            if byte < 0x80 { return value }
        }
        throw malformed("a number overflows its type")
    }

    @inline(__always)
    private static func unzigzag<Number: FixedWidthInteger & UnsignedInteger, Signed: FixedWidthInteger>(
        _ number: Number
    ) -> Signed {
        Signed(truncatingIfNeeded: (number >> 1) ^ (0 &- (number & 1)))
    }

    /// Reads the index of a symbol or branch, of which there are `count`.
    @inline(__always)
    mutating func index(below count: Int64, _ reason: StaticString) throws(FormatError) -> Int {
        let index = Int64(try int())
        guard index >= 0, index < count else { throw malformed(reason) }
        return Int(index)
    }

    /// Reads a length, which is no more than the bytes that are left.
    @inline(__always)
    mutating func length() throws(FormatError) -> Int {
        guard cursor < limit else { throw endsEarly() }
        let first = cursor.pointee
        cursor += 1
        var number = UInt64(first)
        if first >= 0x80 { number = try rest(of: first, bytes: 10, lastAtMost: 0x01) }
        guard number & 1 == 0 else { throw malformed("a length is negative") }
        guard number >> 1 <= UInt64(bitPattern: Int64(left)) else { throw endsEarly() }
        return Int(truncatingIfNeeded: number >> 1)
    }

    /// Passes over an `int`.
    @inline(__always)
    mutating func skipInt() throws(FormatError) {
        // Four bytes can't be too many.
        if let count = numberCount(), count <= 4 { cursor += count } else { _ = try int() }
    }

    /// Passes over a `long`.
    @inline(__always)
    mutating func skipLong() throws(FormatError) {
        if let count = numberCount() { cursor += count } else { _ = try long() }
    }

    /// How many bytes the number at the cursor takes, by its first eight bytes at once; nil where they do not tell.
    @inline(__always)
    private func numberCount() -> Int? {
        guard left >= 8 else { return nil }
        let word = UInt64(littleEndian: UnsafeRawPointer(cursor).loadUnaligned(as: UInt64.self))
        let ends = ~word & 0x8080_8080_8080_8080
        return ends == 0 ? nil : (ends.trailingZeroBitCount >> 3) &+ 1
    }

    /// Reads `count` bytes, from 0.
    @inline(__always)
    mutating func bytes(_ count: Int) throws(FormatError) -> UnsafeRawBufferPointer {
        guard count <= left else { throw endsEarly() }
        cursor += count
        return UnsafeRawBufferPointer(start: cursor - count, count: count)
    }

    /// Reads bytes with their length before them.
    @inline(__always)
    mutating func bytes() throws(FormatError) -> UnsafeRawBufferPointer {
        try bytes(try length())
    }

    /// Reads a string of `count` bytes, which are left.
    @inline(__always)
    mutating func text(_ count: Int) throws(FormatError) -> UnsafeRawBufferPointer {
        guard AvroText.isValid(cursor, count: count, limit: limit) else { throw malformed("a string is not UTF-8") }
        cursor += count
        return UnsafeRawBufferPointer(start: cursor - count, count: count)
    }

    /// Reads a string with its length before it.
    @inline(__always)
    mutating func string() throws(FormatError) -> UnsafeRawBufferPointer {
        try text(try length())
    }

    /// Reads four or eight bytes, the lowest first.
    @inline(__always)
    mutating func bits<Bits: FixedWidthInteger & UnsignedInteger>(_ type: Bits.Type) throws(FormatError) -> Bits {
        let bytes = try bytes(MemoryLayout<Bits>.size)
        return Bits(littleEndian: bytes.loadUnaligned(as: Bits.self))
    }

    /// Reads a block's count and, where the count is negative, its byte size.
    @inline(__always)
    mutating func blockHead() throws(FormatError) -> AvroBlockHead {
        let count = try long()
        guard count < 0 else { return AvroBlockHead(count: Int(count), end: nil, sizeField: 0..<0, isOverlong: false) }
        guard count > Int64.min else { throw malformed("a block's count overflows") }
        let sizeStart = cursor
        let field = position
        let (size, sizeEnd, overlong) = (try length(), position, isOverlong(from: sizeStart))
        return AvroBlockHead(count: Int(-count), end: cursor + size, sizeField: field..<sizeEnd, isOverlong: overlong)
    }

    /// Refuses a block that does not end where its byte size says.
    @inline(__always)
    func checkEnd(_ head: AvroBlockHead) throws(FormatError) {
        guard head.end == nil || head.end == cursor else {
            throw malformed("a block does not end where its byte size says")
        }
    }

    /// Refuses bytes that are left.
    func expectEnd() throws(FormatError) {
        guard cursor == limit else { throw malformed("bytes follow the datum") }
    }

    /// Whether the number that ends at the cursor was spelled with more bytes than it needs.
    func isOverlong(from numberStart: UnsafePointer<UInt8>) -> Bool {
        cursor - numberStart > 1 && cursor[-1] == 0
    }

    @inline(never)
    func malformed(_ reason: StaticString) -> FormatError {
        FormatError(.malformed, at: position, reason)
    }

    func endsEarly() -> FormatError {
        malformed("the payload ends before the datum does")
    }
}
