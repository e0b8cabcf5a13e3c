import Records

/// The five bytes before a payload whose schema lies in a registry: 0x00 and the schema's id, big-endian
/// (Confluent's "wire format").
public struct ConfluentFraming: Equatable, Sendable {
    /// The schema's id in the registry.
    public let schemaID: UInt32

    /// How many bytes the framing takes.
    public static let length = 5

    /// The first byte of a framed payload.
    @inlinable public static var magic: UInt8 { 0 }

    /// Framing for a schema.
    @inlinable
    public init(schemaID: UInt32) {
        self.schemaID = schemaID
    }

    /// Whether `bytes` claim to be framed: their first byte is 0x00.
    @inlinable
    public static func isClaimed(by bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count > 0 && bytes[0] == magic
    }

    /// Reads the framing at the start of `bytes`; the payload begins at `length`.
    ///
    /// - Throws: `notFramed` for another first byte or none, `truncatedFraming` for fewer than five bytes.
    @inlinable
    public init(reading bytes: UnsafeRawBufferPointer) throws(SchemaRegistryError) {
        guard Self.isClaimed(by: bytes) else { throw .notFramed }
        guard bytes.count >= Self.length else { throw .truncatedFraming(byteCount: bytes.count) }
        schemaID = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 1, as: UInt32.self))
    }

    /// Appends the framing to `output`.
    public func write(to output: OutputBuffer) {
        output.append(Self.magic)
        output.reserve(4).storeBytes(of: schemaID.bigEndian, as: UInt32.self)
        output.commit(4)
    }
}
