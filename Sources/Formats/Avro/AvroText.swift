/// The check that an Avro string is text.
enum AvroText {
    /// Whether bytes are well-formed UTF-8 (Unicode 16, table 3-7: no surrogates, nothing overlong).
    @inline(__always)
    static func isValid(_ start: UnsafePointer<UInt8>, count: Int) -> Bool {
        var position = 0
        while count - position >= 8 {
            let chunk = UnsafeRawPointer(start + position).loadUnaligned(as: UInt64.self)
            guard chunk & 0x8080_8080_8080_8080 == 0 else { return isValidSlowly(start + position, count - position) }
            position += 8
        }
        while position < count {
            guard start[position] < 0x80 else { return isValidSlowly(start + position, count - position) }
            position += 1
        }
        return true
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
