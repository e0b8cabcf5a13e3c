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
    /// Where the AAD of its records begins.
    let aadHead: OutputBuffer
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
    let selection: OpeningSelection

    /// - Parameter line: line 1, without its line feed.
    init(parsing line: UnsafeRawBufferPointer, choice: Choice) throws(EnvelopeError) {
        let layout = try EnvelopeLayout(parsing: line)
        algorithms = layout.algorithms
        topic = OutputBuffer(holding: layout.topic)
        aadHead = AdditionalData.head(ofLine: line)
        bindsKey = layout.bindsKey
        sealsNothing = layout.sealsNothing
        key = layout.key.map { OpeningPart(.key, layout: $0, listed: choice.keyFields) }
        value = layout.value.map { OpeningPart(.value, layout: $0, listed: choice.valueFields) }
        headers = OpeningHeaders(layout.headers, listed: choice.headerNames)
        selection = OpeningSelection(
            key: key, value: value, headers: headers, bindsKey: bindsKey, opened: [], defaulted: [])
    }

    /// How everything that the layout seals is named in `fieldseal.opened`.
    var entries: [[UInt8]] { (key?.entries ?? []) + (value?.entries ?? []) + headers.entries }
}
