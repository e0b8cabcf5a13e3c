import Records

/// Which message of a Protobuf schema a payload is: what stands between Confluent's framing and the message
/// (Confluent's "wire format", "Protobuf message indexes").
///
/// On the wire it is a count and that many places as zigzag varints; one 0x00 stands for the path `[0]`. Encodings that are
/// longer than need be are read too, since the bytes are kept and put back as they were.
public struct MessageIndex: Equatable, Sendable {
    /// The place of the message in its file, then of the one nested in it, and so on, from 0.
    public let path: [Int32]
    /// How many bytes it takes.
    public let length: Int

    /// The deepest path that is accepted, as deep as a schema may nest.
    public static let maximumDepth = 64

    /// Reads the index at the start of `bytes`, which lie after the framing's five.
    ///
    /// - Throws: `malformedMessageIndex` where a varint does not end or exceeds 32 bits, a place is negative, or the path is too
    ///   deep.
    public init(reading bytes: UnsafeRawBufferPointer) throws(SchemaRegistryError) {
        var position = 0
        let count = try Self.number(in: bytes, at: &position)
        guard (0...Int32(Self.maximumDepth)).contains(count) else { throw .malformedMessageIndex }
        var path: [Int32] = []
        for _ in 0..<count {
            let place = try Self.number(in: bytes, at: &position)
            guard place >= 0 else { throw .malformedMessageIndex }
            path.append(place)
        }
        self.path = path.isEmpty ? [0] : path
        length = position
    }

    /// The zigzag varint at `position`, which moves behind it.
    private static func number(
        in bytes: UnsafeRawBufferPointer, at position: inout Int
    ) throws(SchemaRegistryError) -> Int32 {
        var bits: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard position < bytes.count else { throw .malformedMessageIndex }
            let byte = bytes[position]
            position += 1
            // Beyond 32 bits only zeros may follow.
            guard shift < 35 || byte & 0x7F == 0 else { throw .malformedMessageIndex }
            if shift < 35 { bits |= UInt64(byte & 0x7F) << shift }
            guard byte < 0x80 else { continue }
            guard bits <= UInt64(UInt32.max) else { throw .malformedMessageIndex }
            let zigzag = UInt32(bits)
            return Int32(bitPattern: (zigzag >> 1) ^ (0 &- (zigzag & 1)))
        }
        throw .malformedMessageIndex
    }
}
