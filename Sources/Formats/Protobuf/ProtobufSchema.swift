import CProtobufReflection

/// A Protobuf schema, checked and linked with what it imports.
///
/// google/protobuf/*.proto, google/type/*.proto and confluent/*.proto need not be given.
public final class ProtobufSchema: Sendable {
    /// A file that a schema may import.
    public struct File: Sendable {
        /// The name that it is imported by.
        public var name: String
        /// Its .proto text, or its FileDescriptorProto in base64.
        public var text: String

        /// Makes a file.
        public init(name: String, text: String) {
            self.name = name
            self.text = text
        }
    }

    // Sound to share: nothing changes it once it is made, and libprotobuf locks what it makes on first use.
    nonisolated(unsafe) let handle: OpaquePointer

    /// The schema's own name in what errors say: nothing imports it.
    private static let ownName = "schema"

    /// Links a schema.
    ///
    /// - Parameters:
    ///   - text: its .proto text, or its FileDescriptorProto in base64, at most 1 MiB; so is each reference.
    ///   - references: what it imports, in any order.
    /// - Throws: `JSONConversionError`, with file, line and column, where a text is not valid, an import is missing or a
    ///   limit is exceeded (docs/formats.md).
    public init(parsing text: String, references: [File] = []) throws(JSONConversionError) {
        let files = references + [File(name: Self.ownName, text: text)]
        switch Self.link(files) {
        case .success(let handle): self.handle = handle
        case .failure(let error): throw error
        }
    }

    deinit {
        pbr_schema_destroy(handle)
    }

    /// The message at Confluent's index path; nil where there is none, or where Confluent's clients would not agree on it.
    ///
    /// - Parameter path: the place of a message in the file, then of one nested in it, and so on, from 0.
    func message(at path: [Int32]) -> ProtobufMessage? {
        pbr_schema_message(handle, path, path.count).map { ProtobufMessage(schema: handle, handle: $0) }
    }

    private static func link(_ files: [File]) -> Result<OpaquePointer, JSONConversionError> {
        // One buffer for all texts, so that every pointer into it lives as long as the call.
        var bytes: [CChar] = []
        let ranges = files.map { file in
            let start = bytes.count
            bytes.append(contentsOf: file.name.utf8.lazy.map { CChar(bitPattern: $0) })
            let middle = bytes.count
            bytes.append(contentsOf: file.text.utf8.lazy.map { CChar(bitPattern: $0) })
            return (start..<middle, middle..<bytes.count)
        }
        bytes.append(0)
        var fault = [CChar](repeating: 0, count: 512)
        let made = bytes.withUnsafeBufferPointer { texts in
            let sources = ranges.map { name, text in
                pbr_source(
                    name: texts.baseAddress! + name.lowerBound, name_count: name.count,
                    text: texts.baseAddress! + text.lowerBound, text_count: text.count)
            }
            return pbr_schema_create(sources, sources.count, &fault, fault.count)
        }
        return made.map { .success($0) } ?? .failure(JSONConversionError(printable(fault)))
    }

    /// What the library says, which may quote names in the schema, without anything that would upset a terminal or a log.
    private static func printable(_ text: [CChar]) -> String {
        let shown = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        guard !shown.isEmpty else { return "the schema can't be linked" }
        return String(decoding: shown.map { (0x20..<0x7F).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }
}
