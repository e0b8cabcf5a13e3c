/// The check that an Avro string is text.
enum AvroText {
    private static let highBits: UInt64 = 0x8080_8080_8080_8080

    /// Whether bytes are well-formed UTF-8 (Unicode 16, table 3-7: no surrogates, nothing overlong).
    ///
    /// - Parameter limit: how far memory may be read, at or after the bytes' end.
    @inline(__always)
    static func isValid(_ start: UnsafePointer<UInt8>, count: Int, limit: UnsafePointer<UInt8>) -> Bool {
        // Words that overlap at the end: lengths vary, and a loop over the rest would be guessed wrong each time.
        if count >= 16 {
            var seen = words(start + count - 16)
            var position = start
            while position < start + count - 16 {
                seen |= words(position)
                position += 16
            }
            return (seen[0] | seen[1]) & highBits == 0 || isValidSlowly(start, count)
        }
        if count >= 8 {
            return (word(start) | word(start + count - 8)) & highBits == 0 || isValidSlowly(start, count)
        }
        guard limit - start >= 8 else { return isValidSlowly(start, count) }
        // The high bits of the first `count` bytes, of none for 0.
        let mask = (highBits >> 8) &>> (56 &- UInt64(truncatingIfNeeded: count) &* 8)
        return word(start) & mask == 0 || isValidSlowly(start, count)
    }

    @inline(__always)
    private static func words(_ start: UnsafePointer<UInt8>) -> SIMD2<UInt64> {
        UnsafeRawPointer(start).loadUnaligned(as: SIMD2<UInt64>.self)
    }

    @inline(__always)
    private static func word(_ start: UnsafePointer<UInt8>) -> UInt64 {
        UInt64(littleEndian: UnsafeRawPointer(start).loadUnaligned(as: UInt64.self))
    }

    @inline(never)
    private static func isValidSlowly(_ start: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        var position = start
        let end = start + count
        while position < end {
            let lead = position.pointee
            position += 1
            if lead < 0x80 { continue }
            guard position < end else { return false }
            let second = position.pointee
            let isValid =
                switch lead {
                case 0xC2...0xDF: isContinuation(second)
                case 0xE0: 0xA0...0xBF ~= second
                case 0xED: 0x80...0x9F ~= second
                case 0xE1...0xEF: isContinuation(second)
                case 0xF0: 0x90...0xBF ~= second
                case 0xF1...0xF3: isContinuation(second)
                case 0xF4: 0x80...0x8F ~= second
                default: false
                }
            // What follows the second byte: none, one or two more.
            let more = lead < 0xE0 ? 0 : lead < 0xF0 ? 1 : 2
            position += 1
            guard isValid, end - position >= more else { return false }
            for _ in 0..<more {
                guard isContinuation(position.pointee) else { return false }
                position += 1
            }
        }
        return true
    }

    @inline(__always)
    private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
}
