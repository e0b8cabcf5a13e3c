import Cryptography
import KeyManagement
import Records

/// What the records with one layout have in common for a reader.
///
/// Not thread-safe: a decryptor owns its shapes.
final class OpeningShape {
    /// What a pair asks for; what is empty stands for all.
    struct Choice {
        var keyFields: [FieldPath]
        var valueFields: [FieldPath]
        var headerNames: [[UInt8]]
    }

    /// The DEKs' algorithms, in the order of line 2.
    let algorithms: [Algorithm]
    /// The topic of the layout.
    let topic: OutputBuffer
    /// SHA-256 of line 1, 32 bytes.
    let layoutHash: SHA256Digest
    /// Whether ciphertexts are bound to the record's key.
    let bindsKey: Bool
    /// Whether the layout seals anything.
    let sealsNothing: Bool
    /// What is sealed of the key; nil for nothing.
    let key: OpeningPart?
    /// What is sealed of the value; nil for nothing.
    let value: OpeningPart?
    /// The headers that are sealed, and those that the pair lists.
    let headers: OpeningHeaders
    /// What is opened of a record that nobody has opened yet.
    private(set) var selection = OpeningSelection()

    /// - Parameter line: line 1, without its line feed.
    init(parsing line: UnsafeRawBufferPointer, choice: Choice) throws(EnvelopeError) {
        let layout = try EnvelopeLayout(parsing: line)
        algorithms = layout.algorithms
        topic = OutputBuffer(holding: layout.topic)
        layoutHash = SHA256.digest(line)
        bindsKey = layout.bindsKey
        sealsNothing = layout.sealsNothing
        key = layout.key.map { OpeningPart(.key, layout: $0, listed: choice.keyFields) }
        value = layout.value.map { OpeningPart(.value, layout: $0, listed: choice.valueFields) }
        headers = OpeningHeaders(layout.headers, listed: choice.headerNames)
        selection = OpeningSelection(of: self, opened: [], defaulted: [])
    }

    /// How everything that the layout seals is named in `fieldseal.opened`.
    var entries: [[UInt8]] { (key?.entries ?? []) + (value?.entries ?? []) + headers.entries }
}
