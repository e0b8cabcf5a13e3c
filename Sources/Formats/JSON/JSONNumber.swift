import Records

/// Numbers as the conversions write and read them: whole ones exactly, binary floating point in the shortest text that
/// reads back as the same number, and what JSON has no number for as one of three strings.
enum JSONNumber {
    /// The longest number that is read, in bytes: no 64-bit number needs half as many, whatever wrote it.
    private static let maximumBytes = 2048

    static func append(_ number: Float, to out: OutputBuffer) {
        if !appendName(ofNaN: number.isNaN, infinite: number.isInfinite, negative: number < 0, to: out) {
            append(number.description, to: out)
        }
    }

    static func append(_ number: Double, to out: OutputBuffer) {
        if !appendName(ofNaN: number.isNaN, infinite: number.isInfinite, negative: number < 0, to: out) {
            append(number.description, to: out)
        }
    }

    /// The number of 64 bits that `token`, a valid JSON number, spells without fraction or exponent; else nil.
    static func integer(_ token: UnsafeRawBufferPointer) -> Int64? {
        var value: Int64 = 0
        let isNegative = token.first == UInt8(ascii: "-")
        for byte in isNegative ? token.dropFirst() : token[...] {
            let digit = byte &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            // Counted downwards, since the smallest number has no positive counterpart.
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            let (next, underflow) = tens.subtractingReportingOverflow(Int64(digit))
            guard !overflow, !underflow else { return nil }
            value = next
        }
        guard !isNegative else { return value }
        return value == .min ? nil : -value
    }

    /// The number that a token, a valid JSON number or string, stands for; nil where it is none or is too large.
    static func double(_ token: UnsafeRawBufferPointer) -> Double? {
        if token.first == UInt8(ascii: "\"") { return named(token) }
        guard let text = text(token), let number = Double(text), number.isFinite else { return nil }
        return number
    }

    /// Likewise for 32 bits.
    static func float(_ token: UnsafeRawBufferPointer) -> Float? {
        if token.first == UInt8(ascii: "\"") { return named(token) }
        guard let text = text(token), let number = Float(text), number.isFinite else { return nil }
        return number
    }

    private static func text(_ token: UnsafeRawBufferPointer) -> String? {
        token.count <= maximumBytes ? String(decoding: token, as: UTF8.self) : nil
    }

    private static func append(_ text: String, to out: OutputBuffer) {
        var text = text
        text.withUTF8 { out.append(UnsafeRawBufferPointer($0)) }
    }

    private static func appendName(
        ofNaN isNaN: Bool, infinite isInfinite: Bool, negative isNegative: Bool, to out: OutputBuffer
    ) -> Bool {
        if isNaN {
            out.append("\"NaN\"")
        } else if isInfinite {
            out.append(isNegative ? "\"-Infinity\"" : "\"Infinity\"")
        } else {
            return false
        }
        return true
    }

    private static func named<Number: BinaryFloatingPoint>(_ token: UnsafeRawBufferPointer) -> Number? {
        if token.elementsEqual("\"NaN\"".utf8) { return .nan }
        if token.elementsEqual("\"Infinity\"".utf8) { return .infinity }
        if token.elementsEqual("\"-Infinity\"".utf8) { return -.infinity }
        return nil
    }
}
