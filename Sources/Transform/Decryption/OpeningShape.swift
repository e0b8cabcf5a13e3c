import Cryptography
import Formats
import KeyManagement
import Records

/// What the records with one layout have in common for a reader: which fields it opens, and how it finds them.
///
/// Not thread-safe: a decryptor owns its shapes.
final class OpeningShape {
    let layout: EnvelopeLayout
    /// The topic of the layout.
    let topic: OutputBuffer
    /// SHA-256 of line 1, 32 bytes.
    let layoutHash: SHA256Digest
    /// Which fields of the value are opened, in the layout's order.
    let opensField: [Bool]
    /// The paths that the plan looks for: the layout's, then those that the pair lists and the layout does not seal.
    let paths: [FieldPath]
    /// `paths` as text, for errors.
    let pathTexts: [String]
    /// The value of `fieldseal.opened` on records that are opened in part.
    let openedHeader: OutputBuffer
    /// How the fields are found; made with the first record, since an Avro plan needs its schema.
    var plan: FieldFinder.Plan?

    /// - Parameters:
    ///   - line: line 1, without its line feed.
    ///   - listed: the fields that the pair opens; empty for all.
    init(parsing line: UnsafeRawBufferPointer, listed: [FieldPath]) throws(EnvelopeError) {
        layout = try EnvelopeLayout(parsing: line)
        topic = OutputBuffer(holding: layout.topic)
        layoutHash = SHA256.digest(line)
        let sealed = layout.sealedFields?.fields.map(\.path) ?? []
        opensField = sealed.map { listed.isEmpty || listed.contains($0) }
        paths = sealed + listed.filter { !sealed.contains($0) }
        pathTexts = paths.map(\.description)
        openedHeader = Self.openedHeader(zip(pathTexts, opensField).filter(\.1).map(\.0))
    }

    /// Whether every field of the value is opened.
    var opensAll: Bool { opensField.allSatisfy(\.self) }

    private static func openedHeader(_ opened: [String]) -> OutputBuffer {
        let out = OutputBuffer(capacity: 256)
        out.append("[")
        for (index, path) in opened.enumerated() {
            if index > 0 { out.append(",") }
            out.append(quoted: Array("value:\(path)".utf8))
        }
        out.append("]")
        return out
    }
}

extension EnvelopeLayout {
    /// The value's fields, where fields of it are sealed.
    var sealedFields: SealedFields? {
        if case .fields(let sealed) = value { sealed } else { nil }
    }
}
