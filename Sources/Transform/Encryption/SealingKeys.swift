import Cryptography
import KeyManagement
import Records

/// The DEKs that one record's ciphertexts are sealed under: one for each distinct address and algorithm of the rules.
///
/// Not thread-safe: an encryptor owns one. `resolve` is called once a record, before anything is sealed.
final class SealingKeys {
    private struct Slot {
        let template: KeySecretTemplate
        let algorithm: Algorithm
        /// The address's bytes, where it is the same for every record.
        let constant: [UInt8]?
    }

    private let reader: DataKeyReader
    private let topic: OutputBuffer
    private let address = OutputBuffer(capacity: 256)
    private var slots: [Slot] = []
    /// The DEK of each slot, the last time that it was resolved.
    private var sealers: [Sealer?] = []
    // The same, kept alive by `sealers`. Plain memory and no array, so that a seal counts no references.
    private var table: UnsafeMutablePointer<Borrowed<Sealer>?>
    private var capacity = 16
    /// Changes whenever a slot gets another DEK.
    private(set) var generation = 0

    /// - Parameter topic: the target topic, to which a DEK belongs.
    init(topic: [UInt8], reader: DataKeyReader) {
        self.topic = OutputBuffer(holding: topic)
        self.reader = reader
        table = .allocate(capacity: capacity)
    }

    deinit {
        table.deallocate()
    }

    /// The slot of an address and algorithm; the same two have the same slot.
    func slot(for template: KeySecretTemplate, _ algorithm: Algorithm) -> Int {
        if let known = slots.firstIndex(where: { $0.template == template && $0.algorithm == algorithm }) {
            return known
        }
        let constant = template.isConstant ? Array(template.text.utf8) : nil
        slots.append(Slot(template: template, algorithm: algorithm, constant: constant))
        sealers.append(nil)
        if slots.count > capacity { grow() }
        (table + slots.count - 1).initialize(to: nil)
        return slots.count - 1
    }

    private func grow() {
        let bigger = UnsafeMutablePointer<Borrowed<Sealer>?>.allocate(capacity: capacity * 2)
        bigger.moveInitialize(from: table, count: capacity)
        table.deallocate()
        table = bigger
        capacity *= 2
    }

    /// The algorithm of a slot.
    func algorithm(at slot: Int) -> Algorithm { slots[slot].algorithm }

    /// Gets the DEKs of some slots for a record.
    ///
    /// - Parameter resolve: the record's text for a part of an address, or nil where it has none.
    func resolve(
        _ wanted: UnsafeBufferPointer<Int>, now: Int64, _ resolve: (KeySecretTemplate.Source) -> UnsafeRawBufferPointer?
    ) throws(TransformError) {
        for index in wanted {
            if slots[index].constant != nil, let known = table[index],
                known.use({ $0.isCurrent(now: now) })
            {
                continue
            }
            let sealer = try sealer(for: slots[index], now: now, resolve)
            if sealers[index] !== sealer { generation += 1 }
            table[index] = Borrowed(sealer)
            sealers[index] = sealer
        }
    }

    /// The DEK of a slot that was resolved for the record in hand, which lives until the next `resolve`.
    func sealer(at slot: Int) throws(TransformError) -> Borrowed<Sealer> {
        guard let sealer = table[slot] else {
            throw TransformError(.internalError, "a key was asked for before it was resolved")
        }
        return sealer
    }

    /// Lets go of the DEKs whose time is over.
    func releaseExpired(now: Int64) {
        for (index, sealer) in sealers.enumerated() where sealer?.isOver(now: now) == true {
            table[index] = nil
            sealers[index] = nil
        }
        reader.releaseExpired(now: now)
    }

    private func sealer(
        for slot: Slot, now: Int64, _ resolve: (KeySecretTemplate.Source) -> UnsafeRawBufferPointer?
    ) throws(TransformError) -> Sealer {
        address.removeAll()
        if let constant = slot.constant {
            address.append(constant)
        } else {
            do throws(KeySecretError) {
                try slot.template.append(to: address) { resolve(slot.template.sources[$0]) }
            } catch {
                throw TransformError(error)
            }
        }
        do throws(KeyManagementError) {
            return try reader.sealer(kek: address.bytes, algorithm: slot.algorithm, topic: topic.bytes, now: now)
        } catch {
            throw TransformError(error)
        }
    }
}
