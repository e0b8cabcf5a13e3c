/// A field that a plan's rule reached in one payload.
public struct FieldMatch {
    /// Where its ciphertext goes.
    public enum Placement: Sendable {
        /// Into the payload, in the place of the field's text.
        case inline
        /// Into a record header, while the payload holds a placeholder.
        case header
    }

    /// Which rule of the plan reached it, from 0.
    public var rule: Int
    /// The bytes of the payload that are sealed: a JSON token, an Avro string's text, another Avro type's encoding.
    public var content: Range<Int>
    /// The bytes of the payload that are replaced: `content`, and an Avro string's length before it.
    public var token: Range<Int>
    /// The concrete path, as a range of the scanner's `paths`.
    public var path: Range<Int>
    /// The AAD's type name, as an index into the plan's `typeNames`.
    public var type: Int
    /// Where its ciphertext goes.
    public var placement: Placement

    /// Whether a length stands before the content, as before an Avro string's.
    var isLengthPrefixed: Bool { content.lowerBound > token.lowerBound }

    /// Makes a match.
    @inlinable
    public init(
        rule: Int, content: Range<Int>, token: Range<Int>, path: Range<Int>, type: Int, placement: Placement
    ) {
        self.rule = rule
        self.content = content
        self.token = token
        self.path = path
        self.type = type
        self.placement = placement
    }
}
