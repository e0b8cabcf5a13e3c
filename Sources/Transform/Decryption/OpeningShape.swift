import Cryptography
import Formats
import KeyManagement
import Records

/// What the records with one layout have in common for a reader: which fields it opens, and how it finds them.
///
/// Not thread-safe: a decryptor owns its shapes.
final class OpeningShape {
    let layout: EnvelopeLayout
    /// The schema that the payload's framing must name, where the layout has one.
    let framedSchema: UInt32?
    /// The topic of the layout.
    let topic: OutputBuffer
    /// SHA-256 of line 1, 32 bytes.
    let layoutHash: SHA256Digest
    /// Which fields of the value are opened, in the layout's order.
    let opensField: [Bool]
    /// The DEK of each field of the value, in the layout's order.
    let keyOfField: [Int]
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
        keyOfField = layout.sealedFields?.fields.map(\.key) ?? []
        opensField = sealed.map { listed.isEmpty || listed.contains($0) }
        bindsKey = layout.bindsKey
        framedSchema = layout.sealedFields?.schema
        sealsNothing = layout.sealsNothing
        sealsValueFieldsOnly = layout.key == nil && layout.headers.isEmpty && layout.sealedFields != nil
        pad = layout.sealedFields?.pad ?? 0
        opensAll = opensField.allSatisfy(\.self)
        paths = sealed + listed.filter { !sealed.contains($0) }
        pathTexts = paths.map(\.description)
        openedHeader = Self.openedHeader(zip(pathTexts, opensField).filter(\.1).map(\.0))
    }

    /// Whether every field of the value is opened.
    let opensAll: Bool
    /// Whether ciphertexts are bound to the record's key.
    let bindsKey: Bool
    /// Whether the layout seals anything.
    let sealsNothing: Bool
    /// Whether all that the layout seals is fields of the value, which is what a decryptor can open.
    let sealsValueFieldsOnly: Bool
    /// What plaintexts are padded to a multiple of, in bytes; 0 for no padding.
    let pad: Int

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
