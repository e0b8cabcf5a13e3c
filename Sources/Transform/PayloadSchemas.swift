import Formats
import Records
import SchemaRegistry

/// Where the schemas of a part come from: a file for Avro without framing, the registry for what is framed.
///
/// Not thread-safe: a transform owns one for each part.
final class PayloadSchemas {
    /// The schema of payloads without framing.
    let file: AvroSchema?
    private let registry: SchemaReader?
    /// How many Protobuf schemas are kept linked.
    private static let linkedLimit = 64
    /// Protobuf schemas by id: one may have many messages, each with a conversion of its own.
    private var linked: [UInt32: ProtobufSchema] = [:]

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
    ///
    /// - Parameter frame: the framing that stands before them, all of it.
    func conversion(
        of registered: RegisteredSchema, behind frame: [UInt8]
    ) throws(TransformError) -> any JSONConversion {
        switch registered.type {
        case .avro: return AvroJSONConversion(schema: try avro(registered))
        case .jsonSchema: return JSONSchemaConversion()
        case .protobuf:
            let path = try messagePath(in: frame)
            let schema = try protobuf(registered)
            do throws(JSONConversionError) {
                return try ProtobufJSONConversion(schema: schema, messagePath: path)
            } catch {
                throw TransformError(error, rules: [])
            }
        }
    }

    /// Which message of a Protobuf schema the payloads behind `frame` are.
    func messagePath(in frame: [UInt8]) throws(TransformError) -> [Int32] {
        try Self.messageIndex(of: frame).path
    }

    /// A registered Protobuf schema, linked.
    func protobuf(_ registered: RegisteredSchema) throws(TransformError) -> ProtobufSchema {
        if let known = linked[registered.id] { return known }
        let schema: ProtobufSchema
        do throws(JSONConversionError) {
            schema = try ProtobufSchema(
                parsing: registered.text,
                references: registered.references.map { ProtobufSchema.File(name: $0.name, text: $0.text) })
        } catch {
            throw TransformError(error, rules: [])
        }
        if linked.count >= Self.linkedLimit { linked.removeAll(keepingCapacity: true) }
        linked[registered.id] = schema
        return schema
    }

    /// The framing of a payload with a registered schema: in Protobuf, the message index belongs to it.
    func frame(of payload: UnsafeRawBufferPointer, _ registered: RegisteredSchema) throws(TransformError) -> [UInt8] {
        let start = Array(payload.prefix(ConfluentFraming.length))
        guard registered.type == .protobuf else { return start }
        let rest = payload.bytes(in: start.count..<payload.count)
        do throws(SchemaRegistryError) {
            return start + rest.prefix(try MessageIndex(reading: rest).length)
        } catch {
            throw TransformError(error)
        }
    }

    private static func messageIndex(of frame: [UInt8]) throws(TransformError) -> MessageIndex {
        let held = OutputBuffer(holding: Array(frame.dropFirst(ConfluentFraming.length)))
        do throws(SchemaRegistryError) {
            return try withExtendedLifetime(held) { () throws(SchemaRegistryError) in
                try MessageIndex(reading: held.bytes)
            }
        } catch {
            throw TransformError(error)
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

    /// Whether bytes that a layout holds are the framing of payloads with a registered schema, and nothing more.
    func isFrame(_ bytes: [UInt8], of registered: RegisteredSchema) throws(TransformError) -> Bool {
        let held = OutputBuffer(holding: bytes)
        return try withExtendedLifetime(held) { () throws(TransformError) in
            guard try framedID(of: held.bytes) == registered.id else { return false }
            return try frame(of: held.bytes, registered) == bytes
        }
    }

    /// Waits for a schema.
    func obtain(id: UInt32, within milliseconds: Int) -> Bool {
        registry?.cache.obtain(id: id, within: milliseconds) ?? false
    }
}
