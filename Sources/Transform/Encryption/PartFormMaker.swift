import Formats
import Records

/// Makes the forms of a part, each with a number of its own.
struct PartFormMaker {
    let part: RecordPart
    let rules: [FieldRule]
    /// The slot of each rule.
    let slots: [Int]
    /// The rules' paths, then those that are only read.
    let paths: [FieldPath]
    let pathTexts: [String]
    private let layout: PartLayout
    private let lookups: [FieldPath]
    private let padding: Int
    /// How many forms were made, by this maker and by those that it was made of.
    private(set) var count = 0

    init(_ part: RecordPart, rules: [FieldRule], slots: [Int], lookups: [FieldPath], padding: Int) {
        self.part = part
        self.rules = rules
        self.slots = slots
        self.lookups = lookups
        self.padding = padding
        paths = rules.map(\.path) + lookups
        pathTexts = paths.map(\.description)
        layout = PartLayout(rules: rules, slots: slots, padding: padding)
    }

    /// Makes forms with further rules; the numbers of its forms go on from here.
    func adding(_ more: [FieldRule], slots moreSlots: [Int]) -> PartFormMaker {
        var maker = PartFormMaker(
            part, rules: rules + more, slots: slots + moreSlots, lookups: lookups, padding: padding)
        maker.count = count
        return maker
    }

    /// Lets the numbers go on after those of `other`, which was made of this one.
    mutating func goOn(after other: PartFormMaker) {
        count = other.count
    }

    /// The form of what is not looked into.
    mutating func opaque(_ part: EnvelopeLayout.Part? = nil, slots: [Int] = []) -> PartForm {
        count += 1
        return PartForm(number: count, layout: part, slots: slots)
    }

    /// The form of JSON text.
    mutating func json() -> PartForm {
        form(FieldPlan(json: JSONPlan(paths: paths)), layout.json())
    }

    /// The form of Avro that stays Avro, named by its schema's id in the registry or by its fingerprint.
    mutating func avro(_ shape: AvroShape, schema: UInt32? = nil, fingerprint: [UInt8]? = nil) -> PartForm {
        form(FieldPlan(avro: shape), layout.avro(shape.plan, schema: schema, fingerprint: fingerprint))
    }

    /// The form of what becomes JSON text, named likewise.
    mutating func converted(
        _ conversion: any JSONConversion, from format: EnvelopeLayout.Format, schema: UInt32? = nil,
        fingerprint: [UInt8]? = nil, frame: [UInt8] = []
    ) throws(TransformError) -> PartForm {
        let shape = try ConvertedShape(conversion, paths: paths, rules: pathTexts, frame: frame)
        let plain = layout.converted(format, schema: schema, fingerprint: fingerprint, frame: frame)
        let plan = FieldPlan(converted: shape)
        guard let original = slotOfOriginal else { return form(plan, plain) }
        let sealed = layout.converted(
            format, schema: schema, fingerprint: fingerprint, frame: frame, original: original)
        let withOriginal = form(plan, sealed)
        return form(plan, plain, withOriginal: withOriginal)
    }

    /// The slot that an original is sealed under: with several KEKs there is none, since its holder could read what the
    /// others seal.
    private var slotOfOriginal: Int? {
        Set(rules.map(\.key)).count == 1 ? slots.first : nil
    }

    private mutating func form(
        _ plan: FieldPlan, _ part: EnvelopeLayout.Part?, withOriginal: PartForm? = nil
    ) -> PartForm {
        count += 1
        return PartForm(
            number: count, plan: plan, layout: part, rules: rules, pathTexts: pathTexts, slots: slots,
            withOriginal: withOriginal)
    }
}
