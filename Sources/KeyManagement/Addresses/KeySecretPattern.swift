/// Key addresses that a record may name: an address in which `*` stands for part of one segment.
///
/// A segment ends at `/` or `:`, so that `*` can't reach over into another part of the address.
public struct KeySecretPattern: Hashable, Sendable, CustomStringConvertible {
    /// The pattern as written, or as made from a template.
    public let text: String
    /// The kind of KMS whose keys it covers.
    public let provider: KeyManagementProvider
    private let bytes: [UInt8]

    /// Parses a pattern; throws where it is no valid address once every `*` stands for something.
    public init(parsing text: String) throws(KeySecretError) {
        let filled = text.replacing("*", with: "x")
        do throws(KeySecretError) {
            provider = try KeySecretID(parsing: filled).provider
        } catch {
            switch error {
            case .unknownPrefix: throw .unknownPrefix(text: text)
            case .malformed(_, let reason): throw .malformed(text: text, reason: reason)
            default: throw error
            }
        }
        self.text = text
        bytes = Array(text.utf8)
    }

    /// The addresses that a template can give: each part that a record fills in becomes `*`.
    public init(template: KeySecretTemplate) {
        bytes = template.parts.flatMap { part in
            switch part {
            case .literal(let literal): literal
            case .source: [UInt8(ascii: "*")]
            }
        }
        text = String(decoding: bytes, as: UTF8.self)
        provider = template.provider
    }

    /// The pattern.
    public var description: String { text }

    /// Whether `kek`, the text of an address as a record carries it, is covered; allocates nothing.
    ///
    /// It says nothing about the address being valid.
    public func matches(_ kek: UnsafeRawBufferPointer) -> Bool {
        guard kek.count <= KeySecretID.maximumLength else { return false }
        // Going back to the last `*` alone suffices: separators pair off one to one, so an earlier segment that has
        // matched can't match otherwise, and within a segment the last `*` can take what an earlier one gives up.
        var position = 0
        var pattern = 0
        var star: (pattern: Int, position: Int)?
        while position < kek.count {
            if pattern < bytes.count, bytes[pattern] == UInt8(ascii: "*") {
                star = (pattern, position)
                pattern += 1
            } else if pattern < bytes.count, bytes[pattern] == kek[position] {
                pattern += 1
                position += 1
            } else if let last = star, !Self.isSeparator(kek[last.position]) {
                star = (last.pattern, last.position + 1)
                pattern = last.pattern + 1
                position = last.position + 1
            } else {
                return false
            }
        }
        return bytes[pattern...].allSatisfy { $0 == UInt8(ascii: "*") }
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "/") || byte == UInt8(ascii: ":")
    }
}
