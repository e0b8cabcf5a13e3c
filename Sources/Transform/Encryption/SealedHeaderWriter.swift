import Records

/// Writes a header that holds ciphertexts: one JSON object without spaces, concrete path to ciphertext.
///
/// Not thread-safe; reused for record after record. Between `begin` and `end` add any number of members: the path by
/// `path`, then the ciphertext's text straight to `text`.
final class SealedHeaderWriter {
    /// Where the ciphertext's text goes after `path`.
    let text = OutputBuffer(capacity: 1024)
    private(set) var isEmpty = true

    /// Forgets the last record's.
    func begin() {
        text.removeAll()
        isEmpty = true
    }

    /// Begins a member.
    func path(_ path: UnsafeRawBufferPointer) {
        text.append(isEmpty ? "{" : "\",")
        FieldPath.appendQuoted(path, to: text)
        text.append(":\"")
        isEmpty = false
    }

    /// Ends the object; nil where it has no members.
    func end() -> UnsafeRawBufferPointer? {
        guard !isEmpty else { return nil }
        text.append("\"}")
        return text.bytes
    }
}
