import Formats
import Records

/// What the records with one layout have in common in their key or value, for a reader.
///
/// Not thread-safe: a decryptor owns it with its shape.
final class OpeningPart {
    let part: RecordPart
    /// What the layout says.
    let layout: EnvelopeLayout.Part
    /// The fields, where fields are sealed.
    let fields: EnvelopeLayout.SealedFields?
    /// How the payload was compressed, where it is sealed whole; nil where fields are sealed.
    let compression: Compression?
    /// The DEK of the sealed original of a payload that became JSON text, where there is one.
    let originalKey: Int?
    /// The DEK of each field, in the layout's order, or of the payload.
    let keyOfField: [Int]
    /// What the pair asks for, of each field or of the payload.
    let isAsked: [Bool]
    /// Whether a default value that is put in the place of a field's ciphertext leaves that in a header.
    let keepsCiphertext: [Bool]
    /// The paths that the plan looks for: the layout's, then those that the pair lists and the layout does not seal.
    let paths: [FieldPath]
    /// `paths` as text, for errors; of a payload an empty one.
    let pathTexts: [String]
    /// How each field, or the payload, is named in `fieldseal.opened`.
    let entries: [[UInt8]]
    /// What plaintexts are padded to a multiple of, in bytes; 0 for no padding.
    let pad: Int
    /// The schema that the payload's framing must name, where the layout has one.
    let framedSchema: UInt32?
    /// How the fields are found, and how a part that became JSON text becomes what it was; made once, with the first record,
    /// since it may need a schema.
    var plan: FieldPlan?

    /// - Parameter listed: the fields that the pair opens; empty for all.
    init(_ part: RecordPart, layout: EnvelopeLayout.Part, listed: [FieldPath]) {
        self.part = part
        self.layout = layout
        switch layout {
        case .payload(let key, let compression):
            fields = nil
            self.compression = compression
            originalKey = nil
            keyOfField = [key]
            // Some fields of what was sealed whole can't be had without all the others.
            isAsked = [listed.isEmpty]
            keepsCiphertext = [false]
            paths = []
            pathTexts = [""]
            pad = 0
            framedSchema = nil
        case .fields(let sealed):
            let sealedPaths = sealed.fields.map(\.path)
            fields = sealed
            compression = nil
            originalKey = sealed.original
            keyOfField = sealed.fields.map(\.key)
            isAsked = sealedPaths.map { listed.isEmpty || listed.contains($0) }
            keepsCiphertext = sealed.fields.map(\.isInHeader)
            paths = sealedPaths + listed.filter { !sealedPaths.contains($0) }
            pathTexts = paths.map(\.description)
            pad = sealed.pad
            framedSchema = sealed.mode == .convertJSON ? nil : sealed.schema
        }
        let prefix = Array(part.name.rawBytes) + [UInt8(ascii: ":")]
        entries = keyOfField.indices.map { [pathTexts] in prefix + Array(pathTexts[$0].utf8) }
    }
}

extension OpeningPart: FieldNames {
    func fieldName(at index: Int) -> String? { pathTexts[index] }
}
