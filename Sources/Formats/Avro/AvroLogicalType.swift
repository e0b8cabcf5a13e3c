/// A logical type that changes what a valid value of its Avro type is (Avro 1.12, "Logical Types").
///
/// One that is unknown, stands on the wrong type or has invalid attributes is ignored, as the specification says.
enum AvroLogicalType: Hashable, Sendable {
    /// `decimal` on bytes or fixed.
    case decimal
    /// `big-decimal` on bytes: the unscaled value and the scale, both inside the bytes.
    case bigDecimal
    /// `uuid` on string or fixed of 16 bytes.
    case uuid
    /// `date`, `time-*`, `timestamp-*`, `local-timestamp-*` on int or long: a number with a bounded range.
    case time
    /// `duration` on fixed of 12 bytes.
    case duration

    init?(of shape: AvroType.Shape, attributes: [String: AvroSchemaJSON]) {
        switch (attributes["logicalType"]?.text, shape) {
        case ("decimal", .bytes) where Self.isDecimal(attributes, maximumPrecision: .max): self = .decimal
        case ("decimal", .fixed(let size))
        where Self.isDecimal(attributes, maximumPrecision: Self.digits(ofBytes: size)): self = .decimal
        case ("big-decimal", .bytes): self = .bigDecimal
        case ("uuid", .string), ("uuid", .fixed(16)): self = .uuid
        case ("date", .int), ("time-millis", .int), ("time-micros", .long),
            ("timestamp-millis", .long), ("timestamp-micros", .long), ("timestamp-nanos", .long),
            ("local-timestamp-millis", .long), ("local-timestamp-micros", .long), ("local-timestamp-nanos", .long):
            self = .time
        case ("duration", .fixed(12)): self = .duration
        default: return nil
        }
    }

    private static func isDecimal(_ attributes: [String: AvroSchemaJSON], maximumPrecision: Int) -> Bool {
        guard let precision = attributes["precision"]?.integer, precision > 0, precision <= maximumPrecision else {
            return false
        }
        guard let scale = attributes["scale"] else { return true }
        return scale.integer.map { $0 >= 0 && $0 <= precision } ?? false
    }

    /// The decimal digits that always fit a two's-complement number of `size` bytes: floor(log10(2^(8 size - 1) - 1)).
    private static func digits(ofBytes size: Int) -> Int {
        // log10(2) as a fraction that is exact enough for every size an Int32 can hold.
        size == 0 ? 0 : Int(Double(8 * size - 1) * 0.301_029_995_663_981_2)
    }
}
