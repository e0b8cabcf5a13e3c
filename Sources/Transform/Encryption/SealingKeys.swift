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

    private let slots: [Slot]
    private let reader: DataKeyReader
    private let topic: OutputBuffer
    private let address = OutputBuffer(capacity: 256)

    /// The DEKs of the record in hand, in the order of `algorithms`.
    private(set) var sealers: [Sealer] = []
    // `sealers` keeps them alive. Plain memory and no array, so that a seal counts no references.
    private let sealerOfRule: UnsafeMutablePointer<Unmanaged<Sealer>>
    private var isAssigned = false

    /// The slot of each rule, in the order of the rules.
    let slotOfRule: [Int]

    /// - Parameters:
    ///   - rules: the fields in the order of the layout.
    ///   - topic: the target topic, to which a DEK belongs.
    init(rules: [FieldRule], topic: [UInt8], reader: DataKeyReader) {
        var slots: [Slot] = []
        slotOfRule = rules.map { rule in
            if let known = slots.firstIndex(where: { $0.template == rule.key && $0.algorithm == rule.algorithm }) {
                return known
            }
            let constant = rule.key.isConstant ? Array(rule.key.text.utf8) : nil
            slots.append(Slot(template: rule.key, algorithm: rule.algorithm, constant: constant))
            return slots.count - 1
        }
        self.slots = slots
        sealerOfRule = .allocate(capacity: max(1, rules.count))
        self.topic = OutputBuffer(holding: topic)
        self.reader = reader
    }

    deinit {
        sealerOfRule.deallocate()
    }

    /// How many rules have a DEK.
    var ruleCount: Int { slotOfRule.count }

    /// The DEK of a rule in the record in hand, which lives until the next `resolve`.
    func sealer(ofRule rule: Int) -> Unmanaged<Sealer> {
        sealerOfRule[rule]
    }

    /// The algorithms, one a DEK.
    var algorithms: [Algorithm] { slots.map(\.algorithm) }

    /// Gets the DEKs for a record.
    ///
    /// - Parameter resolve: the record's text for a part of an address, or nil where it has none.
    func resolve(now: Int64, _ resolve: (KeySecretTemplate.Source) -> UnsafeRawBufferPointer?) throws(TransformError) {
        var isChanged = !isAssigned
        for index in slots.indices {
            if slots[index].constant != nil, index < sealers.count, sealers[index].isCurrent(now: now) { continue }
            isChanged = true
            isAssigned = false
            let sealer = try sealer(for: slots[index], now: now, resolve)
            if index < sealers.count {
                sealers[index] = sealer
            } else {
                sealers.append(sealer)
            }
        }
        if isChanged { assignRules() }
    }

    private func assignRules() {
        for (rule, slot) in slotOfRule.enumerated() {
            (sealerOfRule + rule).initialize(to: .passUnretained(sealers[slot]))
        }
        isAssigned = true
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
