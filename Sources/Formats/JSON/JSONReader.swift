import Records

/// Pulls values out of one JSON text, as strict as a scan (RFC 8259, at most 512 containers deep), and refuses duplicate
/// members of the objects that it is led through.
///
/// For small texts off the path of a record, such as an envelope: it allocates what it returns. The text must outlive it.
/// Values are read in the text's order:
///
///     try reader.beginObject()
///     while let key = try reader.nextKey() {
///         switch key {
///         case "v": version = try reader.readInteger()
///         default: throw ...
///         }
///     }
///     try reader.expectEnd()
///
/// Every function throws `.malformed` where the text is not valid JSON or holds another kind of value.
public struct JSONReader {
    /// The kinds of values.
    public enum Kind: Sendable {
        /// `{`
        case object
        /// `[`
        case array
        /// A string.
        case string
        /// A number.
        case number
        /// `true` or `false`.
        case boolean
        /// `null`
        case null
    }

    /// A container that has been begun.
    private struct Container {
        var isObject: Bool
        var isFresh = true
        var keys: Set<[UInt8]> = []
    }

    private let text: JSONText
    private var position: JSONText.Position
    private var containers: [Container] = []

    /// Makes a reader of `text`; an empty one is malformed.
    public init(_ text: UnsafeRawBufferPointer) throws(FormatError) {
        guard let text = JSONText(text) else { throw FormatError(.malformed, at: 0, "an empty text") }
        self.text = text
        position = text.skipSpace(text.start)
    }

    /// Where the reader stands, in bytes from 0.
    public var offset: Int { position - text.start }

    /// The kind of the value that stands next, judged by its first byte.
    public func peek() throws(FormatError) -> Kind {
        switch text.byte(at: position) {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): return .number
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .boolean
        case UInt8(ascii: "n"): return .null
        default: throw text.malformed(at: position, "expected a value")
        }
    }

    /// Enters the object that stands next; call `nextKey` until it returns nil.
    public mutating func beginObject() throws(FormatError) {
        try begin(UInt8(ascii: "{"), "expected an object", isObject: true)
    }

    /// Reads the next member's key, after which its value must be read, or leaves the object and returns nil.
    public mutating func nextKey() throws(FormatError) -> String? {
        precondition(containers.last?.isObject == true, "nextKey outside an object")
        guard try next(closing: UInt8(ascii: "}")) else { return nil }
        let start = position
        let (string, value) = try text.key(position)
        let key = Self.content(start, string)
        guard containers[containers.count - 1].keys.insert(key).inserted else {
            throw text.malformed(at: start, "a duplicate member")
        }
        position = value
        return String(decoding: key, as: UTF8.self)
    }

    /// Enters the list that stands next; call `nextElement` until it returns false.
    public mutating func beginArray() throws(FormatError) {
        try begin(UInt8(ascii: "["), "expected a list", isObject: false)
    }

    /// Returns whether another element stands next, which must then be read; else leaves the list.
    public mutating func nextElement() throws(FormatError) -> Bool {
        precondition(containers.last?.isObject == false, "nextElement outside a list")
        return try next(closing: UInt8(ascii: "]"))
    }

    /// Reads a string. Compare it by its UTF-8 where equality matters: `String`'s own is equality of characters, not bytes.
    public mutating func readString() throws(FormatError) -> String {
        String(decoding: try readBytes(), as: UTF8.self)
    }

    /// Reads a string as its UTF-8.
    public mutating func readBytes() throws(FormatError) -> [UInt8] {
        let start = try expect(.string, "expected a string")
        let string = try text.string(start)
        position = string.end
        return Self.content(start, string)
    }

    /// Reads a whole number without fraction or exponent that fits 64 bits.
    public mutating func readInteger() throws(FormatError) -> Int {
        let start = try expect(.number, "expected a whole number")
        let end = try text.number(start)
        let digits = String(decoding: UnsafeBufferPointer(start: start, count: end - start), as: UTF8.self)
        guard let number = Int(digits) else { throw text.malformed(at: start, "expected a whole number of 64 bits") }
        position = end
        return number
    }

    /// Reads `true` or `false`.
    public mutating func readBoolean() throws(FormatError) -> Bool {
        let start = try expect(.boolean, "expected true or false")
        position = try text.literal(start)
        return start.pointee == UInt8(ascii: "t")
    }

    /// Reads `null` if that stands next, and returns whether it did.
    public mutating func readNull() throws(FormatError) -> Bool {
        guard text.byte(at: position) == UInt8(ascii: "n") else { return false }
        position = try text.literal(position)
        return true
    }

    /// Reads past one value, whatever it is, and returns its bytes' range; duplicate members inside are not looked for.
    @discardableResult
    public mutating func skipValue() throws(FormatError) -> Range<Int> {
        let start = offset
        position = try text.value(position, room: JSONText.maximumDepth - containers.count)
        return start..<offset
    }

    /// Refuses anything but white space after the value.
    public func expectEnd() throws(FormatError) {
        try text.expectEnd(position)
    }

    private mutating func begin(
        _ bracket: UInt8, _ reason: StaticString, isObject: Bool
    ) throws(FormatError) {
        guard text.byte(at: position) == bracket else { throw text.malformed(at: position, reason) }
        try text.enter(position, room: JSONText.maximumDepth - containers.count)
        containers.append(Container(isObject: isObject))
        position = text.skipSpace(position + 1)
    }

    /// Moves to the next member or element of the innermost container, or out of it.
    private mutating func next(closing: UInt8) throws(FormatError) -> Bool {
        let innermost = containers.count - 1
        if containers[innermost].isFresh {
            containers[innermost].isFresh = false
            guard text.byte(at: position) == closing else { return true }
            position += 1
            containers.removeLast()
            return false
        }
        let isObject = containers[innermost].isObject
        let (next, isLast) = isObject ? try text.afterMember(position) : try text.afterElement(position)
        position = next
        if isLast { containers.removeLast() }
        return !isLast
    }

    private func expect(_ kind: Kind, _ reason: StaticString) throws(FormatError) -> JSONText.Position {
        guard try peek() == kind else { throw text.malformed(at: position, reason) }
        return position
    }

    /// The content of the validated string from `start`.
    private static func content(_ start: JSONText.Position, _ string: JSONStringEnd) -> [UInt8] {
        let token = UnsafeRawBufferPointer(start: start, count: string.end - start)
        guard string.hasEscape else { return Array(token.dropFirst().dropLast()) }
        let plain = OutputBuffer(capacity: token.count)
        _ = JSONString.unescape(token, into: plain)
        return Array(plain.bytes)
    }
}
