/// Strings: RFC 8259, section 7, over UTF-8 as RFC 3629 has it.
extension JSONText {
    /// Reads the string whose opening quote stands at `open`.
    @inline(__always)
    func string(_ open: Position) throws(FormatError) -> JSONStringEnd {
        var position = open + 1
        while end - position >= 8 {
            let stops = Self.stops(in: Self.word(at: position))
            guard stops != 0 else {
                position += 8
                continue
            }
            position += stops.trailingZeroBitCount >> 3
            guard position.pointee != UInt8(ascii: "\"") else {
                return JSONStringEnd(end: position + 1, hasEscape: false)
            }
            break
        }
        return try stringRest(position)
    }

    /// Marks the first byte of `word` that ends a run of plain characters by its high bit: a quote, a backslash, a control
    /// character or one of several bytes. Marks above the first one mean nothing, since subtraction borrows.
    @inline(__always)
    private static func stops(in word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quote = (word ^ (ones &* 0x22)) &- ones
        let backslash = (word ^ (ones &* 0x5C)) &- ones
        let control = word &- (ones &* 0x20)
        return (quote | backslash | control | word) & (ones &* 0x80)
    }

    /// Reads on from `position` inside a string, whatever it holds.
    @inline(never)
    private func stringRest(_ position: Position) throws(FormatError) -> JSONStringEnd {
        var position = position
        var hasEscape = false
        while true {
            position = plainRun(position)
            guard position < end else { throw malformed(at: position, "a string without its closing quote") }
            switch position.pointee {
            case UInt8(ascii: "\""): return JSONStringEnd(end: position + 1, hasEscape: hasEscape)
            case UInt8(ascii: "\\"):
                hasEscape = true
                position = try escape(position).end
            case 0..<0x20: throw malformed(at: position, "a control character in a string must be escaped")
            case 0x20..<0x80: position += 1
            default:
                repeat { position = try multibyteScalar(position) } while byte(at: position) >= 0x80
            }
        }
    }

    /// The first stop from `position`, or a position less than eight bytes before the end.
    @inline(__always)
    private func plainRun(_ position: Position) -> Position {
        var position = position
        while end - position >= 8 {
            let stops = Self.stops(in: Self.word(at: position))
            guard stops == 0 else { return position + stops.trailingZeroBitCount >> 3 }
            position += 8
        }
        return position
    }

    /// Reads one character of two to four bytes (Unicode, table 3-7: well-formed UTF-8 byte sequences).
    @inline(__always)
    private func multibyteScalar(_ position: Position) throws(FormatError) -> Position {
        let lead = position.pointee
        let left = end - position
        switch lead {
        case 0xC2...0xDF:
            if left >= 2, Self.isContinuation(position[1]) { return position + 2 }
        case 0xE0...0xEF:
            let lowest: UInt8 = lead == 0xE0 ? 0xA0 : 0x80
            let highest: UInt8 = lead == 0xED ? 0x9F : 0xBF
            if left >= 3, position[1] >= lowest, position[1] <= highest, Self.isContinuation(position[2]) {
                return position + 3
            }
        case 0xF0...0xF4:
            let lowest: UInt8 = lead == 0xF0 ? 0x90 : 0x80
            let highest: UInt8 = lead == 0xF4 ? 0x8F : 0xBF
            if left >= 4, position[1] >= lowest, position[1] <= highest, Self.isContinuation(position[2]),
                Self.isContinuation(position[3])
            {
                return position + 4
            }
        default: break
        }
        throw malformed(at: position, "invalid UTF-8 in a string")
    }

    @inline(__always)
    private static func isContinuation(_ byte: UInt8) -> Bool {
        byte & 0xC0 == 0x80
    }

    /// Reads the escape whose backslash stands at `position`: what it stands for and the position after it.
    @inline(__always)
    func escape(_ position: Position) throws(FormatError) -> (scalar: UInt32, end: Position) {
        let scalar: UInt32
        switch byte(at: position + 1) {
        case UInt8(ascii: "u"): return try unicodeEscape(position)
        case UInt8(ascii: "\""): scalar = 0x22
        case UInt8(ascii: "\\"): scalar = 0x5C
        case UInt8(ascii: "/"): scalar = 0x2F
        case UInt8(ascii: "b"): scalar = 0x08
        case UInt8(ascii: "f"): scalar = 0x0C
        case UInt8(ascii: "n"): scalar = 0x0A
        case UInt8(ascii: "r"): scalar = 0x0D
        case UInt8(ascii: "t"): scalar = 0x09
        default: throw malformed(at: position, "unknown escape in a string")
        }
        return (scalar, position + 2)
    }

    /// Reads `\uXXXX`, or the two of a surrogate pair; a surrogate alone is no character and is refused.
    @inline(never)
    private func unicodeEscape(_ position: Position) throws(FormatError) -> (scalar: UInt32, end: Position) {
        guard let unit = hexadecimal(position + 2) else {
            throw malformed(at: position, "\\u takes four hexadecimal digits")
        }
        guard unit & 0xF800 == 0xD800 else { return (unit, position + 6) }
        let second = position + 6
        guard unit < 0xDC00, end - second >= 6, second[0] == UInt8(ascii: "\\"), second[1] == UInt8(ascii: "u"),
            let low = hexadecimal(second + 2), low & 0xFC00 == 0xDC00
        else { throw malformed(at: position, "a surrogate without its other half in a string") }
        return (0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00), second + 6)
    }

    /// The number that four hexadecimal digits spell, or nil where `position` has none.
    private func hexadecimal(_ position: Position) -> UInt32? {
        guard end - position >= 4 else { return nil }
        var unit: UInt32 = 0
        for index in 0..<4 {
            let byte = position[index]
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): unit = unit << 4 | UInt32(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): unit = unit << 4 | UInt32(byte - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): unit = unit << 4 | UInt32(byte - UInt8(ascii: "A") + 10)
            default: return nil
            }
        }
        return unit
    }
}
