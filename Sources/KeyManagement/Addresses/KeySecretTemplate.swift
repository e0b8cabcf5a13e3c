import Records

/// A key address as the configuration writes it, whose key name may hold parts that each record fills in:
/// `{{record.topic}}`, `{{record.key}}`, `{{record.value.path}}`, `{{record.header.name}}`.
public struct KeySecretTemplate: Hashable, Sendable, CustomStringConvertible {
    /// Where a part's text comes from.
    public enum Source: Hashable, Sendable, CustomStringConvertible {
        /// The name of the topic that the record is read from.
        case topic
        /// The record's key, whole.
        case key
        /// A scalar of the record's value, as it stands (a string's content).
        case value(FieldPath)
        /// The record's only header of this name.
        case header(String)

        /// As the template writes it.
        public var description: String {
            switch self {
            case .topic: "{{record.topic}}"
            case .key: "{{record.key}}"
            case .value(let path): "{{record.value.\(path)}}"
            case .header(let name): "{{record.header.\(name)}}"
            }
        }
    }

    enum Part: Hashable, Sendable {
        case literal([UInt8])
        /// An index into `sources`.
        case source(Int)
    }

    /// The text as written.
    public let text: String
    /// What is read from a record, each once, in the order of first use; empty for a constant address.
    public let sources: [Source]
    /// The kind of KMS that the address names.
    public let provider: KeyManagementProvider
    let parts: [Part]

    /// The longest value that a record may fill in, in bytes.
    public static let maximumValueLength = 128

    /// The text as written.
    public var description: String { text }

    /// Whether the address is the same for every record.
    public var isConstant: Bool { sources.isEmpty }

    /// Parses a template; throws where it is no valid address once filled in, or where it fills in anything but the
    /// key's name.
    public init(parsing text: String) throws(KeySecretError) {
        var parser = KeySecretTemplateParser(text: text)
        try parser.parse()
        let probe = try KeySecretTemplate.probe(parser.parts, text: text)
        self.text = text
        sources = parser.sources
        parts = parser.parts
        provider = probe.provider
    }

    /// The address, where it is constant.
    public var constant: KeySecretID? {
        isConstant ? try? KeySecretID(parsing: text) : nil
    }

    /// Appends the address with a record's values filled in; allocates nothing.
    ///
    /// - Parameters:
    ///   - out: where the address goes; cut back to what it held where an error is thrown.
    ///   - resolve: the bytes of `sources[index]` in this record, or nil where it has none.
    /// - Throws: where a value is missing or unfit; the error does not contain it.
    public func append(
        to out: OutputBuffer, resolve: (_ index: Int) -> UnsafeRawBufferPointer?
    ) throws(KeySecretError) {
        let start = out.count
        for index in parts.indices {
            switch parts[index] {
            case .literal(let bytes): out.append(bytes)
            case .source(let source):
                guard let value = resolve(source) else {
                    out.truncate(to: start)
                    throw .missing(sources[source])
                }
                guard Self.isUsable(value) else {
                    out.truncate(to: start)
                    throw .unusableValue(sources[source])
                }
                out.append(value)
            }
        }
    }

    /// Whether a value may become part of a key's name: `[A-Za-z0-9_][A-Za-z0-9_-]*`, at most 128 bytes.
    static func isUsable(_ value: UnsafeRawBufferPointer) -> Bool {
        guard (1...maximumValueLength).contains(value.count), value[0] != UInt8(ascii: "-") else { return false }
        for byte in value {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                continue
            default: return false
            }
        }
        return true
    }

    /// The address with `x` for every value; throws where that is invalid or a value lies outside the key's name.
    private static func probe(_ parts: [Part], text: String) throws(KeySecretError) -> KeySecretID {
        var filled: [UInt8] = []
        var positions: [Int] = []
        for part in parts {
            switch part {
            case .literal(let bytes): filled += bytes
            case .source:
                positions.append(filled.count)
                filled.append(UInt8(ascii: "x"))
            }
        }
        let id: KeySecretID
        do throws(KeySecretError) {
            id = try KeySecretID(parsing: String(decoding: filled, as: UTF8.self))
        } catch {
            switch error {
            case .unknownPrefix: throw .unknownPrefix(text: text)
            case .malformed(_, let reason): throw .malformed(text: text, reason: reason)
            default: throw error
            }
        }
        guard positions.allSatisfy({ id.nameRange.contains($0) }) else {
            throw .malformed(text: text, reason: "only the key's name may be filled in from a record")
        }
        return id
    }
}
