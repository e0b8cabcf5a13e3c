/// The address of a field inside a record: `a.b`, `banks[0].iban`, `banks[*].iban`, `labels.*`, `a."b.c"`.
///
/// Keys are compared decoded and not normalized. Two paths are equal when they mean the same segments, however spelled.
public struct FieldPath: Hashable, Sendable, CustomStringConvertible {
    /// One step of a path.
    public enum Segment: Hashable, Sendable {
        /// A member of an object or record, or an entry of a map, by its key's UTF-8.
        case key([UInt8])
        /// An element of a list, from 0.
        case index(Int)
        /// Every element of a list, `[*]`.
        case anyElement
        /// Every value of a map or member of an object, `.*`.
        case anyValue
    }

    /// The steps, outermost first; never empty.
    public let segments: [Segment]

    /// The deepest path that is accepted, in segments.
    public static let maximumSegments = 64

    /// Makes a path of segments.
    public init(segments: [Segment]) {
        precondition(!segments.isEmpty)
        self.segments = segments
    }

    /// Whether a segment stands for more than one field.
    public var hasWildcard: Bool {
        segments.contains(.anyElement) || segments.contains(.anyValue)
    }

    /// Whether some concrete field is reached by both, or one's field lies inside the other's.
    public func overlaps(_ other: FieldPath) -> Bool {
        zip(segments, other.segments).allSatisfy { mine, theirs in
            switch (mine, theirs) {
            case (.anyElement, .index), (.index, .anyElement), (.anyValue, .key), (.key, .anyValue): true
            default: mine == theirs
            }
        }
    }

    /// Whether every field that `other` reaches is reached by this path, or lies inside one that is.
    public func covers(_ other: FieldPath) -> Bool {
        segments.count <= other.segments.count
            && zip(segments, other.segments).allSatisfy { mine, theirs in
                switch (mine, theirs) {
                case (.anyElement, .index), (.anyValue, .key): true
                default: mine == theirs
                }
            }
    }

    /// The canonical spelling: a key that is not `[A-Za-z_][A-Za-z0-9_-]*` is quoted as a JSON string.
    public var description: String {
        let out = OutputBuffer(capacity: 64)
        for segment in segments { Self.append(segment, to: out) }
        return String(decoding: out.bytes, as: UTF8.self)
    }

    /// Appends a segment in its canonical spelling, with the `.` before it where one belongs.
    public static func append(_ segment: Segment, to out: OutputBuffer) {
        switch segment {
        case .key(let key): key.withUnsafeBytes { append(key: $0, to: out) }
        case .index(let index): append(index: index, to: out)
        case .anyElement: out.append("[*]")
        case .anyValue: out.append(out.count == 0 ? "*" : ".*")
        }
    }

    /// Appends `[index]`.
    public static func append(index: Int, to out: OutputBuffer) {
        out.append(UInt8(ascii: "["))
        out.append(decimal: index)
        out.append(UInt8(ascii: "]"))
    }

    /// Appends a key, bare where it may be, else quoted, with the `.` before it unless `out` is empty.
    public static func append(key: UnsafeRawBufferPointer, to out: OutputBuffer) {
        append(key: key, after: out.count > 0, to: out)
    }

    /// Appends a key, bare where it may be, else quoted, with a `.` before it where `after` says that a segment precedes.
    public static func append(key: UnsafeRawBufferPointer, after: Bool, to out: OutputBuffer) {
        if after { out.append(UInt8(ascii: ".")) }
        if isBare(key) { return out.append(key) }
        appendQuoted(key, to: out)
    }

    /// Appends text as a JSON string with the fewest escapes: `\" \\ \b \f \n \r \t`, lower-case `\u00xx` below 0x20,
    /// everything else raw.
    public static func appendQuoted(_ text: UnsafeRawBufferPointer, to out: OutputBuffer) {
        out.append(UInt8(ascii: "\""))
        var copied = 0
        while true {
            let end = plainEnd(of: text, from: copied)
            out.append(text.bytes(in: copied..<end))
            guard end < text.count else { break }
            appendEscape(text[end], to: out)
            copied = end + 1
        }
        out.append(UInt8(ascii: "\""))
    }

    /// The first place from `start` of a byte that stands escaped in a JSON string, else the end.
    private static func plainEnd(of text: UnsafeRawBufferPointer, from start: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        var position = start
        while text.count - position >= 8 {
            let word = UInt64(littleEndian: text.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            let (quote, backslash) = (word ^ (ones &* 0x22), word ^ (ones &* 0x5C))
            // A byte's high bit is set where it is below what is subtracted; above the first such byte it may be by borrowing.
            let stops =
                ((quote &- ones) & ~quote | (backslash &- ones) & ~backslash | (word &- (ones &* 0x20)) & ~word)
                & (ones &* 0x80)
            guard stops == 0 else { return position + stops.trailingZeroBitCount >> 3 }
            position += 8
        }
        while position < text.count {
            let byte = text[position]
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { break }
            position += 1
        }
        return position
    }

    private static func appendEscape(_ byte: UInt8, to out: OutputBuffer) {
        switch byte {
        case UInt8(ascii: "\""): out.append("\\\"")
        case UInt8(ascii: "\\"): out.append("\\\\")
        case 0x08: out.append("\\b")
        case 0x0C: out.append("\\f")
        case 0x0A: out.append("\\n")
        case 0x0D: out.append("\\r")
        case 0x09: out.append("\\t")
        default:
            out.append("\\u00")
            out.append(hexDigit(byte >> 4))
            out.append(hexDigit(byte & 15))
        }
    }

    private static func hexDigit(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? 48 + nibble : 87 + nibble
    }

    /// Whether a key may stand in a path without quotes.
    public static func isBare(_ key: UnsafeRawBufferPointer) -> Bool {
        guard let first = key.first, isLetter(first) else { return false }
        return key.allSatisfy { isLetter($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-") }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (65...90).contains(byte) || (97...122).contains(byte) || byte == UInt8(ascii: "_")
    }
}
