import Cryptography
import KeyManagement
import Records

/// Seals the headers whose names the rules match, every occurrence of a name for itself.
///
/// Not thread-safe: an encryptor owns one. What it gives is valid until the next record.
final class HeaderSealer {
    /// A name that the record in hand has, and the rule that matches it.
    private struct Chosen {
        let name: UnsafeRawBufferPointer
        let rule: Int
        var occurrences = 0
    }

    /// Which rule a name matches; nil for none.
    private final class Match {
        let rule: Int?

        init(rule: Int?) {
            self.rule = rule
        }
    }

    /// The AAD's part, and its type, of every header.
    private static let part: StaticString = "header"
    /// The longest name that is matched, in bytes.
    static let maximumNameLength = 32_767
    /// More names than this fill an envelope, whatever they are.
    private static let maximumNames = 4_096

    private let rules: [HeaderRule]
    private let ruleSlots: [Int]
    // A regular expression costs microseconds and allocates: each name is matched once.
    private let matches = BytesCache<Match>(limit: 4096, byteLimit: 1 << 20)
    /// The names of the record in hand that are sealed, each once, in the order of their bytes.
    private var chosen: [Chosen] = []
    /// For each header of the record in hand, its index in `chosen`, or -1.
    private var choices: [Int] = []
    private let label = HeaderSealer.makeLabel()
    private let path = OutputBuffer(capacity: 128)
    private let output = OutputBuffer(capacity: 1024)

    /// What the AAD of every header's ciphertext says of it; see `AdditionalData.label`.
    static func makeLabel() -> OutputBuffer {
        OutputBuffer(holding: AdditionalData.label(part: part, type: part.rawBytes))
    }

    init(rules: [HeaderRule], keys: SealingKeys) {
        self.rules = rules
        ruleSlots = rules.map { keys.slot(for: $0.key, $0.algorithm) }
    }

    /// The slots of the record's sealed headers, in the order of the layout.
    var slots: [Int] { chosen.map { ruleSlots[$0.rule] } }

    /// The names of the record's sealed headers and their slots, in the order of the layout.
    var sealedHeaders: [(name: [UInt8], slot: Int)] { chosen.map { (Array($0.name), ruleSlots[$0.rule]) } }

    /// Whether no header of the record is sealed.
    var sealsNothing: Bool { chosen.isEmpty }

    /// Appends what tells the record's set of sealed names from another's.
    func appendNames(to out: OutputBuffer) {
        for header in chosen {
            out.append(",")
            out.append(decimal: header.name.count)
            out.append(":")
            out.append(header.name)
        }
    }

    /// Looks at the headers of a record.
    func begin(_ headers: UnsafeBufferPointer<HeaderView>) throws(TransformError) {
        guard !rules.isEmpty else { return }
        chosen.removeAll(keepingCapacity: true)
        choices.removeAll(keepingCapacity: true)
        for header in headers {
            if let rule = try rule(for: header.name) { try choose(header.name, rule) }
        }
        guard !chosen.isEmpty else { return }
        for header in headers { choices.append(index(of: header.name) ?? -1) }
    }

    /// Appends the record's headers to `list`, sealed where they are chosen.
    ///
    /// - Parameters:
    ///   - headers: what `begin` was given.
    ///   - keys: the keys of the record, resolved.
    ///   - sealer: begun with this record.
    func seal(
        _ headers: UnsafeBufferPointer<HeaderView>, under keys: SealingKeys, by sealer: FieldSealer,
        to list: HeaderList
    ) throws(TransformError) {
        guard !chosen.isEmpty else { return list.append(contentsOf: headers) }
        output.removeAll()
        // Views of what was sealed before must not move: room for all is made first.
        _ = output.reserve(roomNeeded(for: headers))
        for (header, choice) in zip(headers, choices) {
            guard choice >= 0 else {
                list.append(header)
                continue
            }
            let occurrence = chosen[choice].occurrences
            chosen[choice].occurrences += 1
            guard let value = header.value else {
                list.append(header)
                continue
            }
            let start = output.count
            try seal(value, of: chosen[choice], occurrence: occurrence, under: keys, by: sealer)
            list.append(HeaderView(name: header.name, value: output.bytes(in: start..<output.count)))
        }
    }

    private func roomNeeded(for headers: UnsafeBufferPointer<HeaderView>) -> Int {
        var room = 0
        for (header, choice) in zip(headers, choices) where choice >= 0 {
            room += (header.value?.count ?? 0) + rules[chosen[choice].rule].algorithm.overhead
        }
        return room
    }

    private func seal(
        _ value: UnsafeRawBufferPointer, of header: Chosen, occurrence: Int, under keys: SealingKeys,
        by sealer: FieldSealer
    ) throws(TransformError) {
        path.removeAll()
        path.append(header.name)
        FieldPath.append(index: occurrence, to: path)
        let key = try keys.sealer(at: ruleSlots[header.rule])
        do throws(CryptographyError) {
            try sealer.sealWhole(
                value, label: label.bytes, path: path.bytes, under: key, into: output)
        } catch {
            throw TransformError(error, field: rules[header.rule].name.text)
        }
    }

    private func rule(for name: UnsafeRawBufferPointer) throws(TransformError) -> Int? {
        if let known = matches.value(for: name) { return known.rule }
        // What can't be matched, or could not be named in an envelope, must not stay in the clear by mistake.
        guard name.count <= Self.maximumNameLength, !name.contains(0), String(validating: name, as: UTF8.self) != nil
        else {
            throw TransformError(
                .payloadRefused, "a header's name is not UTF-8, is too long or holds a zero byte: it can't be matched")
        }
        let rule = rules.firstIndex { $0.name.mayMatch(name) }
        matches.insert(Match(rule: rule), for: name)
        return rule
    }

    private func choose(_ name: UnsafeRawBufferPointer, _ rule: Int) throws(TransformError) {
        let (position, isKnown) = place(of: name)
        guard !isKnown else { return }
        guard chosen.count < Self.maximumNames else { throw SealingShape.tooLarge }
        chosen.insert(Chosen(name: name, rule: rule), at: position)
    }

    private func index(of name: UnsafeRawBufferPointer) -> Int? {
        let (position, isKnown) = place(of: name)
        return isKnown ? position : nil
    }

    /// Where a name stands in `chosen`, or would; a record may have very many headers.
    private func place(of name: UnsafeRawBufferPointer) -> (position: Int, isKnown: Bool) {
        var low = 0
        var high = chosen.count
        while low < high {
            let middle = (low + high) / 2
            if chosen[middle].name.equals(name) { return (middle, true) }
            if chosen[middle].name.lexicographicallyPrecedes(name) { low = middle + 1 } else { high = middle }
        }
        return (low, false)
    }
}
