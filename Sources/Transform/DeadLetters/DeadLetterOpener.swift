import KeyManagement
import Records

/// Opens dead letters: gives back the record that one holds.
///
/// Not thread-safe.
public final class DeadLetterOpener {
    private let decryptor: RecordDecryptor
    private let headers = HeaderList()

    /// Makes an opener of what a `DeadLetterSealer` with the same rules seals.
    public init(rules: DeadLetterRules, keys: DataKeyReader) throws(TransformError) {
        decryptor = try RecordDecryptor(
            rules: DecryptionRules(errorPolicy: .fail, keks: [KeySecretPattern(template: rules.key)]), keys: keys)
    }

    /// The record that a letter of the dead-letter topic holds.
    ///
    /// Only what is authenticated counts: `fieldseal.error` is not looked at.
    ///
    /// - Throws: what opening throws; `malformedLine` where what was sealed is no record.
    public func open(_ letter: RecordView, now: Int64) throws(TransformError) -> RecordLine {
        headers.removeAll()
        for header in letter.headers where HeaderName.matching(header.name) != .error { headers.append(header) }
        var letter = letter
        letter.headers = headers.views
        guard let line = try decryptor.transform(letter, now: now).value else {
            throw TransformError(.notEncrypted, "the dead letter holds nothing")
        }
        return try RecordLine(parsing: line)
    }

    /// Waits for a data key.
    public func obtain(_ need: TransformNeed, within milliseconds: Int) -> Bool {
        decryptor.obtain(need, within: milliseconds)
    }
}
