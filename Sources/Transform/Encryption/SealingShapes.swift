import Cryptography
import Records

/// The shapes that a pair's records come in: which forms key and value have, and which headers are sealed.
///
/// Not thread-safe: an encryptor owns one. Each shape is made with the first record that has it.
final class SealingShapes {
    /// How many shapes are remembered: each form of key and value with each set of headers is one.
    private static let limit = 256
    private static let byteLimit = 4 << 20

    private let topic: [UInt8]
    private let bindsKey: Bool
    private let keys: SealingKeys
    private let known = BytesCache<SealingShape>(limit: SealingShapes.limit, byteLimit: SealingShapes.byteLimit)
    private let name = OutputBuffer(capacity: 256)
    private let lastName = OutputBuffer(capacity: 256)
    private var last: SealingShape?
    /// The forms of the last shape, where no header is sealed in it.
    private var lastForms: (key: Int, value: Int)?

    /// - Parameters:
    ///   - topic: the topic that records are written to.
    ///   - bindsKey: whether ciphertexts are bound to the record's key.
    ///   - keys: whose slots the forms name.
    init(topic: [UInt8], bindsKey: Bool, keys: SealingKeys) {
        self.topic = topic
        self.bindsKey = bindsKey
        self.keys = keys
    }

    /// The shape of a record whose parts have these forms and whose headers were looked at by `headers`; it lives until
    /// the next record.
    func shape(
        key: PartForm, value: PartForm, headers: HeaderSealer
    ) throws(TransformError) -> Borrowed<SealingShape> {
        if let last, let lastForms, lastForms == (key.number, value.number), headers.sealsNothing {
            return Borrowed(last)
        }
        // Where no shape can be made, what was last must not pass for it.
        lastForms = nil
        name.removeAll()
        name.append(decimal: key.number)
        name.append(",")
        name.append(decimal: value.number)
        headers.appendNames(to: name)
        if let last, lastName.bytes.equals(name.bytes) { return remember(last, key, value, headers) }
        let shape: SealingShape
        if let remembered = known.value(for: name.bytes) {
            shape = remembered
        } else {
            shape = try make(key: key, value: value, headers: headers)
            known.insert(shape, for: name.bytes)
        }
        lastName.removeAll()
        lastName.append(name.bytes)
        last = shape
        return remember(shape, key, value, headers)
    }

    private func remember(
        _ shape: SealingShape, _ key: PartForm, _ value: PartForm, _ headers: HeaderSealer
    ) -> Borrowed<SealingShape> {
        lastForms = headers.sealsNothing ? (key.number, value.number) : nil
        return Borrowed(shape)
    }

    private func make(key: PartForm, value: PartForm, headers: HeaderSealer) throws(TransformError) -> SealingShape {
        var slots: [Int] = []
        for slot in Array(key.slots) + Array(value.slots) + headers.slots where !slots.contains(slot) {
            slots.append(slot)
        }
        func index(_ slot: Int) -> Int { slots.firstIndex(of: slot) ?? slots.count }
        let layout = EnvelopeLayout(
            topic: topic, bindsKey: bindsKey, algorithms: slots.map(keys.algorithm(at:)),
            key: key.layout?.mapKeys(index), value: value.layout?.mapKeys(index),
            headers: headers.sealedHeaders.map { EnvelopeLayout.SealedHeader(name: $0.name, key: index($0.slot)) })
        return try SealingShape(layout: layout, slots: slots)
    }
}
