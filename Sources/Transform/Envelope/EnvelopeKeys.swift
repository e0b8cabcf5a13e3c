import Formats
import Records

/// Line 2 of an envelope: the wrapped DEKs, one for each entry of line 1's `algs`.
struct EnvelopeKeys {
    /// A wrapped DEK.
    struct Entry: Equatable {
        /// The KEK's address, as text.
        var kek: [UInt8]
        /// The DEK as the KMS wrapped it, as text.
        var edek: [UInt8]
    }

    let entries: [Entry]

    /// Parses line 2, which must have `count` entries.
    init(parsing line: UnsafeRawBufferPointer, count: Int) throws(EnvelopeError) {
        do throws(FormatError) {
            entries = try Self.entries(of: line)
        } catch {
            throw EnvelopeError(error)
        }
        guard entries.count == count else {
            throw EnvelopeError("line 2 has \(entries.count) keys where line 1 has \(count) algorithms")
        }
    }

    private static func entries(of line: UnsafeRawBufferPointer) throws(FormatError) -> [Entry] {
        var entries: [Entry] = []
        var reader = try JSONReader(line)
        try reader.beginArray()
        while try reader.nextElement() {
            let start = reader.offset
            var kek: [UInt8]?
            var edek: [UInt8]?
            try reader.beginObject()
            while let member = try reader.nextKey() {
                switch member {
                case "kek": kek = try reader.readBytes()
                case "edek": edek = try reader.readBytes()
                default: throw FormatError(.malformed, at: start, "an unknown member of a key")
                }
            }
            guard let kek, let edek, entries.count < EnvelopeLayout.maximumKeys else {
                throw FormatError(.malformed, at: start, "a key without kek or edek, or too many keys")
            }
            entries.append(Entry(kek: kek, edek: edek))
        }
        try reader.expectEnd()
        return entries
    }
}
