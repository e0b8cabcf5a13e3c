/// A message in the making, as serializers write it: fields that are zero are left out.
struct ProtobufBytes {
    private(set) var bytes: [UInt8] = []

    /// Adds a varint that is not negative.
    mutating func put(_ number: Int, _ value: Int) {
        guard value != 0 else { return }
        varint(number << 3)
        varint(value)
    }

    mutating func put(_ number: Int, _ value: Double) {
        guard value != 0 else { return }
        varint(number << 3 | 1)
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
    }

    mutating func put(_ number: Int, _ text: String) {
        varint(number << 3 | 2)
        varint(text.utf8.count)
        bytes += text.utf8
    }

    mutating func put(_ number: Int, _ message: ProtobufBytes) {
        varint(number << 3 | 2)
        varint(message.bytes.count)
        bytes += message.bytes
    }

    private mutating func varint(_ value: Int) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
