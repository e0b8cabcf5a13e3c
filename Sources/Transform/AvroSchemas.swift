import Formats
import Records
import SchemaRegistry

/// Where the Avro schemas of a part come from: a file for payloads without framing, the registry for framed ones.
///
/// Not thread-safe: a transform owns one.
final class AvroSchemas {
    /// The schema of payloads without framing.
    let file: AvroSchema?
    private let registry: SchemaReader?

    /// - Parameters:
    ///   - text: the file's text, if the pair has one.
    ///   - registry: the worker's view of the registry, if one is configured.
    init(text: String?, registry: SchemaReader?) throws(TransformError) {
        self.registry = registry
        guard let text else {
            file = nil
            return
        }
        do throws(AvroSchemaError) {
            file = try AvroSchema(parsing: text)
        } catch {
            throw TransformError(error, rules: [])
        }
    }

    /// The schema that the registry has under `id`.
    func schema(id: UInt32, now: Int64) throws(TransformError) -> AvroSchema {
        guard let registry else {
            throw TransformError(
                .schemaUnusable, "the payload names schema \(id), and no schemaRegistry is configured for this pair")
        }
        let registered: RegisteredSchema
        do throws(SchemaRegistryError) {
            registered = try registry.schema(id: id, now: now)
        } catch {
            throw TransformError(error)
        }
        guard registered.type == .avro else {
            throw TransformError(
                .schemaUnusable, "schema \(id) is \(registered.type.rawValue), and fields are sealed in Avro only")
        }
        do throws(AvroSchemaError) {
            return try AvroSchema(parsing: registered.text, references: registered.references.map(\.text))
        } catch {
            throw TransformError(error, rules: [])
        }
    }

    /// The id in the framing of a payload.
    func framedID(of payload: UnsafeRawBufferPointer) throws(TransformError) -> UInt32 {
        do throws(SchemaRegistryError) {
            return try ConfluentFraming(reading: payload).schemaID
        } catch {
            throw TransformError(error)
        }
    }

    /// Waits for a schema.
    func obtain(id: UInt32, within milliseconds: Int) -> Bool {
        registry?.cache.obtain(id: id, within: milliseconds) ?? false
    }
}
