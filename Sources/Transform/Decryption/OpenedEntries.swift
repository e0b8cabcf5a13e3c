import Formats
import Records

/// The lists `fieldseal.opened` and `fieldseal.defaulted` of one record: JSON lists of rule paths, each behind its part.
///
/// Not thread-safe: a decryptor owns one. Only records that are opened in part have them.
final class OpenedEntries {
    private let opened = OutputBuffer(capacity: 256)
    private let defaulted = OutputBuffer(capacity: 256)

    /// The entries of a list; refuses what the layout does not seal.
    static func parse(
        _ list: UnsafeRawBufferPointer?, sealed: Set<[UInt8]>
    ) throws(TransformError) -> Set<[UInt8]> {
        guard let list else { return [] }
        do throws(FormatError) {
            var entries: Set<[UInt8]> = []
            var reader = try JSONReader(list)
            try reader.beginArray()
            while try reader.nextElement() {
                let start = reader.offset
                let entry = try reader.readBytes()
                guard sealed.contains(entry), entries.insert(entry).inserted else {
                    throw FormatError(.malformed, at: start, "an entry that the layout does not seal, or twice")
                }
            }
            try reader.expectEnd()
            return entries
        } catch {
            throw TransformError(.malformedEnvelope, "fieldseal.opened or fieldseal.defaulted is malformed at \(error)")
        }
    }

    /// Forgets the last record's.
    func begin() {
        opened.removeAll()
        defaulted.removeAll()
    }

    /// Adds what became of a part or of the headers.
    ///
    /// - Parameters:
    ///   - names: how its things are named.
    ///   - states: what was to become of each.
    ///   - isDefaulted: which of them got a default value instead.
    func append(_ names: [[UInt8]], _ states: [FieldState], isDefaulted: [Bool]) {
        for index in names.indices {
            switch states[index] {
            case .opens: Self.append(names[index], to: isDefaulted[index] ? defaulted : opened)
            case .isOpened: Self.append(names[index], to: opened)
            case .isDefaulted: Self.append(names[index], to: defaulted)
            case .staysSealed: continue
            }
        }
    }

    /// The value of `fieldseal.opened`.
    func endOpened() -> UnsafeRawBufferPointer {
        opened.append(opened.count == 0 ? "[]" : "]")
        return opened.bytes
    }

    /// The value of `fieldseal.defaulted`; nil where nothing has a default value.
    func endDefaulted() -> UnsafeRawBufferPointer? {
        guard defaulted.count > 0 else { return nil }
        defaulted.append("]")
        return defaulted.bytes
    }

    private static func append(_ entry: [UInt8], to list: OutputBuffer) {
        list.append(list.count == 0 ? "[" : ",")
        list.append(quoted: entry)
    }
}
