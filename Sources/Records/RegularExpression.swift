import CPCRE2

/// A Perl-compatible regular expression (PCRE2, pcre2pattern(3)), which matches a text as a whole.
///
/// Bytes are compared. Immutable, so that any number of threads may use one. However it is written, matching ends soon: what
/// takes too many steps or too much memory is undecided.
public final class RegularExpression: Sendable, Equatable {
    /// The expression as written.
    public let text: String

    /// The longest expression that is compiled, in bytes.
    public static let maximumBytes = 1_024
    /// The longest text that is looked at, in bytes; no name of Kafka's is longer.
    private static let maximumTextBytes = 32_767
    /// How often matching may go on at another place of the expression; some milliseconds.
    private static let maximumSteps: UInt32 = 100_000
    /// How much memory matching may take, in KiB.
    private static let maximumMemory: UInt32 = 4_096
    /// A dot is any byte, as in POSIX's expressions, and nothing in the expression turns bytes into characters.
    private static let options =
        PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_DOTALL | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_UTF

    // Sound to share: written in `init`, freed in `deinit`, and only read in between.
    nonisolated(unsafe) private let compiled: OpaquePointer
    nonisolated(unsafe) private let limits: OpaquePointer

    /// Compiles an expression.
    ///
    /// - Throws: `RegularExpressionError` where it is none, or is too long.
    public init(parsing text: String) throws(RegularExpressionError) {
        guard !text.isEmpty, text.utf8.count <= Self.maximumBytes else {
            throw RegularExpressionError(reason: "it must have from 1 to \(Self.maximumBytes) bytes")
        }
        var code: Int32 = 0
        var position = 0
        let compiled = pcre2_compile_8(Array(text.utf8), text.utf8.count, Self.options, &code, &position, nil)
        guard let compiled else {
            throw RegularExpressionError(reason: "\(Self.words(for: code)), at byte \(position)")
        }
        guard let limits = pcre2_match_context_create_8(nil) else {
            pcre2_code_free_8(compiled)
            throw RegularExpressionError(reason: "there is no memory for it")
        }
        pcre2_set_match_limit_8(limits, Self.maximumSteps)
        pcre2_set_heap_limit_8(limits, Self.maximumMemory)
        self.compiled = compiled
        self.limits = limits
        self.text = text
    }

    deinit {
        pcre2_match_context_free_8(limits)
        pcre2_code_free_8(compiled)
    }

    /// Whether both are written alike.
    public static func == (left: RegularExpression, right: RegularExpression) -> Bool { left.text == right.text }

    /// Whether the expression matches all of `bytes`; false where that is undecided.
    ///
    /// Allocates; not for the path of a record.
    public func matches(_ bytes: UnsafeRawBufferPointer) -> Bool {
        outcome(of: bytes) > 0
    }

    /// Whether the expression matches all of `bytes`, or that is undecided.
    ///
    /// For choosing what is sealed: what can't be decided must not stay in the clear. Otherwise as `matches`.
    public func mayMatch(_ bytes: UnsafeRawBufferPointer) -> Bool {
        outcome(of: bytes) != PCRE2_ERROR_NOMATCH
    }

    /// What `pcre2_match` returns: above 0 for a match, `PCRE2_ERROR_NOMATCH`, or another number where it came to a limit.
    private func outcome(of bytes: UnsafeRawBufferPointer) -> Int32 {
        guard bytes.count <= Self.maximumTextBytes else { return PCRE2_ERROR_NOMATCH }
        guard let found = pcre2_match_data_create_8(1, nil) else { return PCRE2_ERROR_NOMEMORY }
        defer { pcre2_match_data_free_8(found) }
        // An empty text, too, must have an address.
        let nothing: StaticString = ""
        let start = bytes.assumingMemoryBound(to: UInt8.self).baseAddress ?? nothing.utf8Start
        // 0 says that there are more groups than was asked for.
        let code = pcre2_match_8(compiled, start, bytes.count, 0, 0, found, limits)
        return code == 0 ? 1 : code
    }

    /// Whether the expression matches all of `text`.
    public func matches(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { matches(UnsafeRawBufferPointer($0)) }
    }

    private static func words(for code: Int32) -> String {
        var message = [UInt8](repeating: 0, count: 256)
        pcre2_get_error_message_8(code, &message, message.count)
        return String(decoding: message.prefix { $0 != 0 }, as: UTF8.self)
    }
}
