internal import CAvro

/// Reads Avro data by Apache's C library (avro-c), which shares no code with other readers, as a judge of what we write.
///
/// Not thread-safe.
public final class AvroCReader {
    /// What was not taken. The library's own words are left out: they pile up over calls.
    public enum Refusal: Error {
        /// The schema's text.
        case schema
        /// A value of the schema's types could not be made.
        case types
        /// The datum is not valid under the schema.
        case datum
        /// The datum goes on after its end.
        case trailingBytes
    }

    private let schema: avro_schema_t
    private let interface: UnsafeMutablePointer<avro_value_iface_t>

    /// Takes a schema's JSON text.
    public init(schema text: String) throws(Refusal) {
        var schema: avro_schema_t?
        let code = text.withCString { avro_schema_from_json_length($0, text.utf8.count, &schema) }
        guard code == 0, let schema else { throw .schema }
        guard let interface = avro_generic_class_from_schema(schema) else {
            avro_schema_decref(schema)
            throw .types
        }
        self.schema = schema
        self.interface = interface
    }

    deinit {
        interface.pointee.decref_iface?(interface)
        avro_schema_decref(schema)
    }

    /// Decodes a datum, every byte of it.
    public func read(_ datum: [UInt8]) throws(Refusal) {
        var value = avro_value_t()
        guard avro_generic_value_new(interface, &value) == 0 else { throw .types }
        defer { avro_value_decref(&value) }
        // It wants a place even for no bytes.
        let copy = UnsafeMutableBufferPointer<CChar>.allocate(capacity: max(1, datum.count))
        defer { copy.deallocate() }
        for (index, byte) in datum.enumerated() { copy[index] = CChar(bitPattern: byte) }
        guard let reader = avro_reader_memory(copy.baseAddress, Int64(datum.count)) else { throw .datum }
        defer { avro_reader_free(reader) }
        guard avro_value_read(reader, &value) == 0 else { throw .datum }
        // Of a reader in memory it can't be asked whether it is at its end.
        var byte: UInt8 = 0
        guard avro_read(reader, &byte, 1) != 0 else { throw .trailingBytes }
    }
}
