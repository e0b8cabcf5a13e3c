/// Why a text is no key address, or why a template can't be filled in from a record.
public enum KeySecretError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The text does not begin with a known prefix.
    case unknownPrefix(text: String)
    /// The text has a known prefix and is malformed; `reason` says what is wrong and what is allowed.
    case malformed(text: String, reason: String)
    /// The record has no value for this part of the template.
    case missing(KeySecretTemplate.Source)
    /// The record's value for this part of the template is not `[A-Za-z0-9_][A-Za-z0-9_-]*` of at most 128 bytes.
    case unusableValue(KeySecretTemplate.Source)

    /// One sentence; a text that may come from a record is shortened, a value of a record never shown.
    public var description: String {
        switch self {
        case .unknownPrefix(let text):
            "\(BoundedText.quoted(text)) has no known prefix; known are \(KeyManagementProvider.knownPrefixes)"
        case .malformed(let text, let reason):
            "\(BoundedText.quoted(text)) is no key address: \(reason)"
        case .missing(let source):
            "the record has no value for \(source)"
        case .unusableValue(let source):
            "the record's value for \(source) can't be part of a key address: allowed are letters, digits, _ and -, "
                + "the first not -, at most \(KeySecretTemplate.maximumValueLength) bytes"
        }
    }
}
