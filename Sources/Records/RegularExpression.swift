#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A regular expression of POSIX's extended kind (POSIX.1-2017, XBD 9.4), which matches a text as a whole.
///
/// Bytes are compared, as in the C locale. Immutable, so that any number of threads may use one.
public final class RegularExpression: Sendable, Equatable {
    /// The expression as written.
    public let text: String

    /// The longest expression that is compiled, in bytes.
    public static let maximumBytes = 1_024
    /// The longest text that is looked at, in bytes; no name of Kafka's is longer.
    private static let maximumTextBytes = 32_767
    /// `REG_NOMATCH` of regex.h, an enumerator that Swift does not import.
    private static let noMatch: Int32 = 1

    // Sound to share: written in `init`, freed in `deinit`; in between `regexec` locks what it changes.
    nonisolated(unsafe) private let compiled: UnsafeMutablePointer<regex_t>

    /// Compiles an expression.
    ///
    /// - Throws: `RegularExpressionError` where it is none, is too long, holds a zero byte, or repeats repetitions too often.
    public init(parsing text: String) throws(RegularExpressionError) {
        guard !text.isEmpty, text.utf8.count <= Self.maximumBytes else {
            throw RegularExpressionError(reason: "it must have from 1 to \(Self.maximumBytes) bytes")
        }
        guard !text.utf8.contains(0) else { throw RegularExpressionError(reason: "it holds a zero byte") }
        guard ExpressionSize.isBearable(text) else {
            throw RegularExpressionError(reason: "its repetitions amount to over \(ExpressionSize.maximum) characters")
        }
        // Alone first, so that parentheses which the wrapping would pair up, as in `a)|(b`, are refused.
        Self.free(try Self.compile(text))
        compiled = try Self.compile("^(\(text))$")
        self.text = text
    }

    deinit {
        Self.free(compiled)
    }

    /// Whether both are written alike.
    public static func == (left: RegularExpression, right: RegularExpression) -> Bool { left.text == right.text }

    /// Whether the expression matches all of `bytes`, to the last one.
    ///
    /// A text with a zero byte, which POSIX can't look beyond, matches nothing. Allocates; not for the path of a record.
    public func matches(_ bytes: UnsafeRawBufferPointer) -> Bool {
        outcome(of: bytes) == 0
    }

    /// Whether the expression matches all of `bytes`, or memory did not suffice to tell.
    ///
    /// For choosing what is sealed: what can't be decided must not stay in the clear. Otherwise as `matches`.
    public func mayMatch(_ bytes: UnsafeRawBufferPointer) -> Bool {
        outcome(of: bytes) != Self.noMatch
    }

    /// What `regexec` returns: 0 for a match, `noMatch`, or another number where memory did not suffice.
    private func outcome(of bytes: UnsafeRawBufferPointer) -> Int32 {
        guard bytes.count <= Self.maximumTextBytes, !bytes.contains(0) else { return Self.noMatch }
        return withUnsafeTemporaryAllocation(byteCount: bytes.count + 1, alignment: 1) { copy in
            copy.copyMemory(from: bytes)
            copy[bytes.count] = 0
            guard let start = copy.baseAddress else { return Self.noMatch }
            return regexec(compiled, start.assumingMemoryBound(to: CChar.self), 0, nil, 0)
        }
    }

    /// Whether the expression matches all of `text`.
    public func matches(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { matches(UnsafeRawBufferPointer($0)) }
    }

    private static func compile(_ text: String) throws(RegularExpressionError) -> UnsafeMutablePointer<regex_t> {
        let expression = UnsafeMutablePointer<regex_t>.allocate(capacity: 1)
        expression.initialize(to: regex_t())
        let code = regcomp(expression, text, REG_EXTENDED | REG_NOSUB)
        guard code != 0 else { return expression }
        var message = [CChar](repeating: 0, count: 256)
        _ = regerror(code, expression, &message, message.count)
        expression.deallocate()
        let reason = String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        throw RegularExpressionError(reason: reason)
    }

    private static func free(_ expression: UnsafeMutablePointer<regex_t>) {
        regfree(expression)
        expression.deallocate()
    }
}
