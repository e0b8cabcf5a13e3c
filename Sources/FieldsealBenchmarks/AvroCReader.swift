import CAvro
import Records

/// Turns Avro into JSON by Apache's C library: what the same work costs elsewhere.
final class AvroCReader {
    /// The library refused a schema or a datum.
    struct Failure: Error {
        let message: String
    }

    private let reader: avro_reader_t
    private var value = avro_value_t()

    /// Prepares for the data of a schema.
    init(schema text: String) throws {
        reader = avro_reader_memory(nil, 0)
        var schema: avro_schema_t?
        guard avro_schema_from_json_length(text, text.utf8.count, &schema) == 0, let schema,
            let form = avro_generic_class_from_schema(schema), avro_generic_value_new(form, &value) == 0
        else { throw Self.failure() }
    }

    /// Reads a datum and writes its JSON text, of which it returns the length in bytes.
    @discardableResult
    func convert(_ datum: UnsafeRawBufferPointer) throws -> Int {
        avro_reader_memory_set_source(reader, datum.baseAddress, Int64(datum.count))
        guard avro_value_read(reader, &value) == 0 else { throw Self.failure() }
        var text: UnsafeMutablePointer<CChar>?
        guard avro_value_to_json(&value, 1, &text) == 0, let text else { throw Self.failure() }
        defer { free(text) }
        return strlen(text)
    }

    private static func failure() -> Failure {
        Failure(message: String(cString: avro_strerror()))
    }

    deinit {
        avro_value_decref(&value)
        avro_reader_free(reader)
    }
}
