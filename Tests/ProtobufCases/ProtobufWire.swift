/// Writes Protobuf's wire format, on demand with varints that are longer than they need be.
package enum ProtobufWire {
    package static func varint(_ value: UInt64, padding: Int = 0) -> [UInt8] {
        var rest = value
        var bytes: [UInt8] = []
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
        for _ in 0..<padding {
            bytes[bytes.count - 1] |= 0x80
            bytes.append(0)
        }
        return bytes
    }

    package static func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: (value << 1) ^ (value >> 63)) }

    package static func fixed<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }

    package static func tag(_ number: Int, _ type: Int, padding: Int = 0) -> [UInt8] {
        varint(UInt64(number << 3 | type), padding: padding)
    }

    package static func delimited(_ number: Int, _ content: [UInt8], padding: Int = 0) -> [UInt8] {
        tag(number, 2) + varint(UInt64(content.count), padding: padding) + content
    }
}
