/// Why a payload can't be read: where and what, never its bytes.
public struct FormatError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of fault it is.
    public enum Kind: Hashable, Sendable {
        /// The payload is not valid in its format.
        case malformed
        /// A path goes deeper than the value it meets, or meets a list where it names a key.
        case pathMismatch
        /// Valid, but refused so that the original can always be restored.
        case refused
    }

    private final class Details: Sendable {
        let kind: Kind
        let offset: Int
        let reason: StaticString
        let rule: Int?

        init(_ kind: Kind, _ offset: Int, _ reason: StaticString, _ rule: Int?) {
            self.kind = kind
            self.offset = offset
            self.reason = reason
            self.rule = rule
        }
    }

    // An error of one word: all code on the path of a record makes room for one, and was longer by half with larger ones.
    private let details: Details

    /// What kind of fault it is.
    public var kind: Kind { details.kind }
    /// Where in the payload, in bytes from 0.
    public var offset: Int { details.offset }
    /// What is wrong there.
    public var reason: StaticString { details.reason }
    /// The plan's rule at fault, where one is.
    public var rule: Int? { details.rule }

    /// Makes an error.
    @inline(never)
    public init(_ kind: Kind, at offset: Int, _ reason: StaticString, rule: Int? = nil) {
        details = Details(kind, offset, reason, rule)
    }

    /// One sentence.
    public var description: String { "byte \(offset): \(reason)" }

    /// Whether two errors say the same.
    public static func == (left: FormatError, right: FormatError) -> Bool {
        left.kind == right.kind && left.offset == right.offset && left.rule == right.rule
            && left.reason.description == right.reason.description
    }

    /// Feeds what `==` compares.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(kind)
        hasher.combine(offset)
        hasher.combine(rule)
        hasher.combine(reason.description)
    }
}
