/// Numbers and literals: RFC 8259, sections 6 and 3.
extension JSONText {
    /// Reads the number at `position`.
    @inline(__always)
    func number(_ position: Position) throws(FormatError) -> Position {
        let whole = position + (byte(at: position) == UInt8(ascii: "-") ? 1 : 0)
        let after = digits(whole)
        let isCanonical = after - whole == 1 || byte(at: whole) != UInt8(ascii: "0")
        guard after > whole, isCanonical else {
            throw malformed(at: position, "a number needs digits, without leading zeros")
        }
        switch byte(at: after) {
        case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): return try fractionAndExponent(after)
        default: return after
        }
    }

    @inline(never)
    private func fractionAndExponent(_ position: Position) throws(FormatError) -> Position {
        var position = position
        if position.pointee == UInt8(ascii: ".") {
            let after = digits(position + 1)
            guard after > position + 1 else { throw malformed(at: position, "a number needs digits after '.'") }
            position = after
        }
        guard byte(at: position) | 0x20 == UInt8(ascii: "e") else { return position }
        let sign = byte(at: position + 1)
        let first = position + (sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") ? 2 : 1)
        let after = digits(first)
        guard after > first else { throw malformed(at: position, "a number needs digits in its exponent") }
        return after
    }

    /// The first position from `position` that holds no digit.
    @inline(__always)
    private func digits(_ position: Position) -> Position {
        var position = position
        while end - position >= 8 {
            let values = Self.word(at: position) ^ 0x3030_3030_3030_3030
            let stops = (values &+ 0x7676_7676_7676_7676 | values) & 0x8080_8080_8080_8080
            guard stops == 0 else { return position + stops.trailingZeroBitCount >> 3 }
            position += 8
        }
        while position < end, position.pointee &- UInt8(ascii: "0") < 10 { position += 1 }
        return position
    }

    /// Reads `true`, `false` or `null`.
    @inline(__always)
    func literal(_ position: Position) throws(FormatError) -> Position {
        if end - position >= 4 {
            switch UInt32(littleEndian: UnsafeRawPointer(position).loadUnaligned(as: UInt32.self)) {
            case 0x6575_7274, 0x6C6C_756E: return position + 4
            case 0x736C_6166 where byte(at: position + 4) == UInt8(ascii: "e"): return position + 5
            default: break
            }
        }
        throw malformed(at: position, "expected a value")
    }
}
