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

    /// The Avro schema that the registry has under `id`.
    func schema(id: UInt32, now: Int64) throws(TransformError) -> AvroSchema {
        try avro(try registered(id: id, now: now))
    }

    /// What the registry has under `id`.
    func registered(id: UInt32, now: Int64) throws(TransformError) -> RegisteredSchema {
        guard let registry else {
            throw TransformError(
                .schemaUnusable, "the payload names schema \(id), and no schemaRegistry is configured for this pair")
        }
        do throws(SchemaRegistryError) {
            return try registry.schema(id: id, now: now)
        } catch {
            throw TransformError(error)
        }
    }

    /// A registered schema as Avro.
    func avro(_ registered: RegisteredSchema) throws(TransformError) -> AvroSchema {
        guard registered.type == .avro else {
            throw TransformError(
                .schemaUnusable,
                "schema \(registered.id) is \(registered.type.rawValue) in the registry, not \(SchemaType.avro.rawValue)"
            )
        }
        do throws(AvroSchemaError) {
            return try AvroSchema(parsing: registered.text, references: registered.references.map(\.text))
        } catch {
            throw TransformError(error, rules: [])
        }
    }

    /// The conversion to JSON text of payloads with a registered schema.
    func conversion(of registered: RegisteredSchema) throws(TransformError) -> any JSONConversion {
        switch registered.type {
        case .avro: return AvroJSONConversion(schema: try avro(registered))
        case .jsonSchema: return JSONSchemaConversion()
        case .protobuf:
            throw TransformError(
                .schemaUnusable, "schema \(registered.id) is \(registered.type.rawValue), which is not converted")
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

    /// The id in framing that a layout holds, which must be nothing but framing.
    func framedID(of frame: [UInt8]) throws(TransformError) -> UInt32 {
        let held = OutputBuffer(holding: frame)
        let id = try withExtendedLifetime(held) { () throws(TransformError) in try framedID(of: held.bytes) }
        guard frame.count == ConfluentFraming.length else {
            throw TransformError(.layoutMismatch, "the layout's frame is longer than framing is")
        }
        return id
    }

    /// Waits for a schema.
    func obtain(id: UInt32, within milliseconds: Int) -> Bool {
        registry?.cache.obtain(id: id, within: milliseconds) ?? false
    }
}
