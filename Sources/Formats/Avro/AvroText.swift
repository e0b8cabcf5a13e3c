/// The check that an Avro string is text.
enum AvroText {
    private static let highBits: UInt64 = 0x8080_8080_8080_8080

    /// Whether bytes are well-formed UTF-8 (Unicode 16, table 3-7: no surrogates, nothing overlong).
    ///
    /// - Parameter limit: how far memory may be read, at or after the bytes' end.
    @inline(__always)
    static func isValid(_ start: UnsafePointer<UInt8>, count: Int, limit: UnsafePointer<UInt8>) -> Bool {
        if count >= 8 {
            // Words that overlap at the end: lengths vary, and a loop over the rest would be guessed wrong each time.
            var seen = word(start + count - 8)
            var position = 0
            while position < count - 8 {
                seen |= word(start + position)
                position += 8
            }
            return seen & highBits == 0 || isValidSlowly(start, count)
        }
        guard limit - start >= 8 else { return isValidSlowly(start, count) }
        return word(start) & highBits & ~(~0 << UInt64(8 * count)) == 0 || isValidSlowly(start, count)
    }

    @inline(__always)
    private static func word(_ start: UnsafePointer<UInt8>) -> UInt64 {
        UInt64(littleEndian: UnsafeRawPointer(start).loadUnaligned(as: UInt64.self))
    }

    @inline(never)
    private static func isValidSlowly(_ start: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        var position = 0
        while position < count {
            let lead = start[position]
            position += 1
            if lead < 0x80 { continue }
            guard let (more, second) = follow(lead), count - position >= more, second.contains(start[position]) else {
                return false
            }
            for next in 1..<3 where next < more {
                guard 0x80...0xBF ~= start[position + next] else { return false }
            }
            position += more
        }
        return true
    }

    /// How many bytes follow a lead byte, and what the first of them may be.
    @inline(__always)
    private static func follow(_ lead: UInt8) -> (more: Int, second: ClosedRange<UInt8>)? {
        switch lead {
        case 0xC2...0xDF: (1, 0x80...0xBF)
        case 0xE0: (2, 0xA0...0xBF)
        case 0xED: (2, 0x80...0x9F)
        case 0xE1...0xEF: (2, 0x80...0xBF)
        case 0xF0: (3, 0x90...0xBF)
        case 0xF1...0xF3: (3, 0x80...0xBF)
        case 0xF4: (3, 0x80...0x8F)
        default: nil
        }
    }
}
