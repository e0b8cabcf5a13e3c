import Formats
import Records

/// One way in which the payloads of a part come, such as all those of one schema: how they are read, and what is sealed.
final class PartForm {
    /// Unique among the forms of an encryptor.
    let number: Int
    /// How fields are found; nil where none are looked for.
    let plan: FieldPlan?
    /// What a layout says of it, with slots of `SealingKeys` in the place of indices; nil where nothing is sealed.
    let layout: EnvelopeLayout.Part?
    /// The fields that are sealed; what key addresses read follows them in the plan.
    let rules: [FieldRule]
    /// How many these are.
    let ruleCount: Int
    /// The paths of the plan as text, for errors.
    let pathTexts: [String]
    /// The slot of each rule, or of the payload.
    ///
    /// Plain memory and no array, so that a record counts no references; it lives as long as the form.
    let slots: UnsafeBufferPointer<Int>
    /// The form of a payload that becomes JSON text which does not give back its every byte, so that the original goes
    /// along, sealed; nil where such a payload is refused.
    let withOriginal: PartForm?
    /// Whether some field must be there.
    let requiresFields: Bool
    /// Whether something is sealed.
    let isSealed: Bool
    /// How the payload is compressed, where it is sealed whole; nil where fields are sealed, or nothing.
    let compression: Compression?
    /// The slot of the sealed original, where that goes along.
    let originalSlot: Int?

    init(
        number: Int, plan: FieldPlan? = nil, layout: EnvelopeLayout.Part? = nil, rules: [FieldRule] = [],
        pathTexts: [String] = [], slots: [Int] = [], withOriginal: PartForm? = nil
    ) {
        self.number = number
        self.plan = plan
        self.layout = layout
        self.rules = rules
        self.pathTexts = pathTexts
        self.slots = UnsafeBufferPointer(start: UnsafePointer(copying: slots), count: slots.count)
        ruleCount = rules.count
        self.withOriginal = withOriginal
        requiresFields = rules.contains(where: \.isRequired)
        isSealed = layout != nil
        if case .payload(_, let compression)? = layout {
            self.compression = compression
        } else {
            compression = nil
        }
        if case .fields(let fields)? = layout {
            originalSlot = fields.original
        } else {
            originalSlot = nil
        }
    }
    deinit {
        slots.deallocate()
    }
}
