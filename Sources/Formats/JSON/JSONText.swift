/// One JSON text in somebody else's memory and the grammar that reads it (RFC 8259), without copies or allocation.
///
/// Every function takes a position and returns the position after what it read. Positions never leave `start...end`,
/// which is what makes the unchecked pointers sound: a byte is loaded only where `end` has been compared before.
struct JSONText {
    typealias Position = UnsafePointer<UInt8>

    /// How many containers may be open at once, so that recursion is bounded whatever a record holds.
    static let maximumDepth = 512

    let start: Position
    let end: Position

    /// A view of `bytes`, which must outlive it; nil where there are none.
    @inline(__always)
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress, bytes.count > 0 else { return nil }
        start = base.assumingMemoryBound(to: UInt8.self)
        end = start + bytes.count
    }

    /// The byte at `position`, or 0 at the end; a NUL is valid nowhere outside strings, so the two need no telling apart.
    @inline(__always)
    func byte(at position: Position) -> UInt8 {
        position < end ? position.pointee : 0
    }

    /// The eight bytes from `position`, the first one lowest; the caller has checked that they are there.
    @inline(__always)
    static func word(at position: Position) -> UInt64 {
        UInt64(littleEndian: UnsafeRawPointer(position).loadUnaligned(as: UInt64.self))
    }

    /// The first position from `position` that holds no white space.
    @inline(__always)
    func skipSpace(_ position: Position) -> Position {
        guard position < end, position.pointee <= 0x20 else { return position }
        return skipSpaceRun(position)
    }

    @inline(never)
    private func skipSpaceRun(_ position: Position) -> Position {
        var position = position
        while end - position >= 8, Self.word(at: position) == 0x2020_2020_2020_2020 { position += 8 }
        while position < end, Self.isSpace(position.pointee) { position += 1 }
        return position
    }

    @inline(__always)
    private static func isSpace(_ byte: UInt8) -> Bool {
        let space: UInt64 = 1 << 0x20 | 1 << 0x0A | 1 << 0x0D | 1 << 0x09
        return byte <= 0x20 && space >> UInt64(byte) & 1 == 1
    }

    /// The error for what stands at `position`.
    @inline(never)
    func malformed(at position: Position, _ reason: StaticString) -> FormatError {
        FormatError(.malformed, at: position - start, reason)
    }

    /// Reads the value at `position`, which may open `room` containers inside each other.
    @inline(__always)
    func value(_ position: Position, room: Int) throws(FormatError) -> Position {
        switch byte(at: position) {
        case UInt8(ascii: "\""): try string(position).end
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): try number(position)
        default: try container(position, room: room)
        }
    }

    @inline(never)
    private func container(_ position: Position, room: Int) throws(FormatError) -> Position {
        switch byte(at: position) {
        case UInt8(ascii: "{"): try object(position, room: room)
        case UInt8(ascii: "["): try list(position, room: room)
        default: try literal(position)
        }
    }

    private func object(_ open: Position, room: Int) throws(FormatError) -> Position {
        try enter(open, room: room)
        var position = skipSpace(open + 1)
        guard byte(at: position) != UInt8(ascii: "}") else { return position + 1 }
        while true {
            position = try value(try key(position).value, room: room - 1)
            let (next, isLast) = try afterMember(position)
            guard !isLast else { return next }
            position = next
        }
    }

    private func list(_ open: Position, room: Int) throws(FormatError) -> Position {
        try enter(open, room: room)
        var position = skipSpace(open + 1)
        guard byte(at: position) != UInt8(ascii: "]") else { return position + 1 }
        while true {
            position = try value(position, room: room - 1)
            let (next, isLast) = try afterElement(position)
            guard !isLast else { return next }
            position = next
        }
    }

    /// Refuses the container at `open` where no room is left.
    @inline(__always)
    func enter(_ open: Position, room: Int) throws(FormatError) {
        guard room > 0 else { throw malformed(at: open, "nested deeper than 512 containers") }
    }

    /// Reads a member's key and the colon: the key's string and where the value begins.
    @inline(__always)
    func key(_ position: Position) throws(FormatError) -> (string: JSONStringEnd, value: Position) {
        guard byte(at: position) == UInt8(ascii: "\"") else {
            throw malformed(at: position, "expected a key in double quotes")
        }
        let string = try string(position)
        let colon = skipSpace(string.end)
        guard byte(at: colon) == UInt8(ascii: ":") else { throw malformed(at: colon, "expected ':' after a key") }
        return (string, skipSpace(colon + 1))
    }

    /// Reads what follows a member's value: the next key's position, or the one after the object.
    @inline(__always)
    func afterMember(_ position: Position) throws(FormatError) -> (next: Position, isLast: Bool) {
        let position = skipSpace(position)
        switch byte(at: position) {
        case UInt8(ascii: ","): return (skipSpace(position + 1), false)
        case UInt8(ascii: "}"): return (position + 1, true)
        default: throw malformed(at: position, "expected ',' or '}' after a member")
        }
    }

    /// Reads what follows a list's element: the next one's position, or the one after the list.
    @inline(__always)
    func afterElement(_ position: Position) throws(FormatError) -> (next: Position, isLast: Bool) {
        let position = skipSpace(position)
        switch byte(at: position) {
        case UInt8(ascii: ","): return (skipSpace(position + 1), false)
        case UInt8(ascii: "]"): return (position + 1, true)
        default: throw malformed(at: position, "expected ',' or ']' after an element")
        }
    }

    /// Refuses anything but white space from `position` on.
    @inline(__always)
    func expectEnd(_ position: Position) throws(FormatError) {
        let rest = skipSpace(position)
        guard rest == end else { throw malformed(at: rest, "bytes after the value") }
    }
}
