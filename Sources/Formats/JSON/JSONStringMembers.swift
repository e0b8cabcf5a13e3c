/// Walks one flat object of strings, such as the header `fieldseal.value`, without allocating.
///
/// As strict as a scan (RFC 8259); anything but an object of strings is malformed. Duplicate members are not looked for:
/// the caller, who knows which keys may come, must take each one only once.
public struct JSONStringMembers {
    /// A member: its tokens, quotes included and escapes as they stand, as ranges of the text's bytes.
    public struct Member: Hashable, Sendable {
        /// The key's token.
        public var key: Range<Int>
        /// The value's token.
        public var value: Range<Int>
    }

    private let text: JSONText
    private var position: JSONText.Position
    private var isAtEnd: Bool

    /// Begins the walk through `text`, which must outlive it.
    public init(_ text: UnsafeRawBufferPointer) throws(FormatError) {
        guard let text = JSONText(text) else { throw FormatError(.malformed, at: 0, "an empty text") }
        self.text = text
        let open = text.skipSpace(text.start)
        guard text.byte(at: open) == UInt8(ascii: "{") else { throw text.malformed(at: open, "expected an object") }
        position = text.skipSpace(open + 1)
        isAtEnd = text.byte(at: position) == UInt8(ascii: "}")
        if isAtEnd { try text.expectEnd(position + 1) }
    }

    /// The next member, or nil after the last one, when the whole text has been validated.
    public mutating func next() throws(FormatError) -> Member? {
        guard !isAtEnd else { return nil }
        let (key, value) = try text.key(position)
        guard text.byte(at: value) == UInt8(ascii: "\"") else { throw text.malformed(at: value, "expected a string") }
        let string = try text.string(value)
        let member = Member(
            key: (position - text.start)..<(key.end - text.start),
            value: (value - text.start)..<(string.end - text.start))
        (position, isAtEnd) = try text.afterMember(string.end)
        if isAtEnd { try text.expectEnd(position) }
        return member
    }
}
