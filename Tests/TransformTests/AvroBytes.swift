/// Avro's binary encoding (Avro 1.12, "Binary Encoding"), written by hand in tests.
struct AvroBytes {
    var bytes: [UInt8] = []

    init(framedBy id: UInt32? = nil) {
        if let id { bytes = [0] + (0..<4).map { UInt8(truncatingIfNeeded: id >> UInt32(24 - 8 * $0)) } }
    }

    /// An int or a long, or the count of a block, or the branch of a union.
    func long(_ value: Int) -> AvroBytes {
        var rest = UInt64(bitPattern: Int64((value << 1) ^ (value >> 63)))
        var copy = self
        while rest > 0x7F {
            copy.bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        copy.bytes.append(UInt8(rest))
        return copy
    }

    func string(_ text: String) -> AvroBytes {
        var copy = long(text.utf8.count)
        copy.bytes += Array(text.utf8)
        return copy
    }
}

extension AvroBytes {
    /// Bytes as they are, and what follows them.
    init(raw: [UInt8], then: (AvroBytes) -> AvroBytes = { $0 }) {
        var whole = AvroBytes()
        whole.bytes = raw
        self = then(whole)
    }
}
