import Cryptography
import KeyManagement
import Records

/// Opens the sealed headers of each record, and leaves Fieldseal's own out.
///
/// Not thread-safe: a decryptor owns one. What it gives is valid until the next record.
final class HeaderOpener {
    private let output = OutputBuffer(capacity: 1024)
    private let label = HeaderSealer.makeLabel()
    private let path = OutputBuffer(capacity: 128)
    private var occurrences: [Int] = []
    /// Which names of the layout got default values.
    private(set) var isDefaulted: [Bool] = []
    /// Whether any got one.
    private(set) var hasDefaults = false

    /// Appends the record's own headers to `list`, opened where `states` say so.
    ///
    /// - Parameters:
    ///   - headers: the record's.
    ///   - known: what the layout says of them.
    ///   - states: one for each name of the layout.
    ///   - keys: begun with this record.
    ///   - opener: begun with this record.
    func open(
        _ headers: UnsafeBufferPointer<HeaderView>, as known: OpeningHeaders, _ states: [FieldState],
        with keys: OpeningKeys, by opener: FieldOpener, to list: HeaderList
    ) throws(TransformError) {
        begin(known, headers)
        for header in headers where !HeaderName.isReserved(header.name) {
            guard !known.isEmpty else {
                list.append(header)
                continue
            }
            switch known.standing(of: header.name) {
            case .plain: list.append(header)
            case .sealed(let index):
                occurrences[index] += 1
                try open(header, index, known: known, state: states[index], with: keys, by: opener, to: list)
            case .listedOnly:
                guard header.value == nil else {
                    throw TransformError(
                        .layoutMismatch,
                        "this pair opens the header by name, and the layout does not seal it: it is in the clear",
                        field: String(decoding: header.name, as: UTF8.self))
                }
                list.append(header)
            }
        }
    }

    private func begin(_ known: OpeningHeaders, _ headers: UnsafeBufferPointer<HeaderView>) {
        hasDefaults = false
        if !isDefaulted.isEmpty { isDefaulted.removeAll(keepingCapacity: true) }
        guard !known.names.isEmpty else { return }
        occurrences.removeAll(keepingCapacity: true)
        for _ in known.names {
            occurrences.append(0)
            isDefaulted.append(false)
        }
        // Views of what was opened before must not move: room for all is made first.
        output.removeAll()
        var room = 0
        for header in headers { room += header.value?.count ?? 0 }
        _ = output.reserve(room)
    }

    private func open(
        _ header: HeaderView, _ index: Int, known: OpeningHeaders, state: FieldState, with keys: OpeningKeys,
        by opener: FieldOpener, to list: HeaderList
    ) throws(TransformError) {
        guard let sealed = header.value, state == .opens else { return list.append(header) }
        let start = output.count
        if let key = try keys.opener(at: known.keys[index], for: index, of: known) {
            path.removeAll()
            path.append(known.names[index])
            FieldPath.append(index: occurrences[index] - 1, to: path)
            do throws(CryptographyError) {
                try opener.openWhole(sealed, label: label.bytes, path: path.bytes, with: key, into: output)
            } catch {
                throw TransformError(error, field: known.fieldName(at: index))
            }
        } else {
            isDefaulted[index] = true
            hasDefaults = true
        }
        list.append(HeaderView(name: header.name, value: output.bytes(in: start..<output.count)))
    }
}
