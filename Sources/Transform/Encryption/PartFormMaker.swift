import Formats
import Records

/// Makes the forms of a part, each with a number of its own.
struct PartFormMaker {
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

    init(rules: [FieldRule], slots: [Int], lookups: [FieldPath], padding: Int) {
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
        var maker = PartFormMaker(rules: rules + more, slots: slots + moreSlots, lookups: lookups, padding: padding)
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
        form(.json(JSONPlan(paths: paths)), layout.json())
    }

    /// The form of Avro that stays Avro, named by its schema's id in the registry or by its fingerprint.
    mutating func avro(_ shape: AvroShape, schema: UInt32? = nil, fingerprint: [UInt8]? = nil) -> PartForm {
        form(.avro(shape), layout.avro(shape.plan, schema: schema, fingerprint: fingerprint))
    }

    /// The form of what becomes JSON text, named likewise.
    mutating func converted(
        _ conversion: any JSONConversion, from format: EnvelopeLayout.Format, schema: UInt32? = nil,
        fingerprint: [UInt8]? = nil, frame: [UInt8] = []
    ) throws(TransformError) -> PartForm {
        let shape = try ConvertedShape(conversion, paths: paths, rules: pathTexts, frame: frame)
        let plain = layout.converted(format, schema: schema, fingerprint: fingerprint, frame: frame)
        guard let original = slotOfOriginal else { return form(.converted(shape), plain) }
        let sealed = layout.converted(
            format, schema: schema, fingerprint: fingerprint, frame: frame, original: original)
        let withOriginal = form(.converted(shape), sealed)
        return form(.converted(shape), plain, withOriginal: withOriginal)
    }

    /// The slot that an original is sealed under: with several KEKs there is none, since its holder could read what the
    /// others seal.
    private var slotOfOriginal: Int? {
        Set(rules.map(\.key)).count == 1 ? slots.first : nil
    }

    private mutating func form(
        _ plan: FieldFinder.Plan, _ part: EnvelopeLayout.Part?, withOriginal: PartForm? = nil
    ) -> PartForm {
        count += 1
        return PartForm(
            number: count, plan: plan, layout: part, rules: rules, pathTexts: pathTexts, slots: slots,
            withOriginal: withOriginal)
    }
}
