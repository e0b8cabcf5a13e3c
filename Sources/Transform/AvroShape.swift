import Formats
import Records
import SchemaRegistry

/// A schema's plan, and where in a payload the datum begins.
final class AvroShape {
    let plan: AvroPlan
    /// Bytes of framing before the datum.
    let frameCount: Int
    /// The labels of ciphertexts, by `FieldMatch.type`, at addresses that stay the same; see `AdditionalData.label`.
    let labels: [UnsafeRawBufferPointer]
    private let labelStorage: OutputBuffer

    init(plan: AvroPlan, part: RecordPart, frameCount: Int) {
        self.plan = plan
        self.frameCount = frameCount
        let labels = plan.typeNames.map { name in
            name.withUnsafeBytes { AdditionalData.label(part: part.name, type: $0) }
        }
        let storage = OutputBuffer(holding: labels.flatMap { $0 })
        var position = 0
        self.labels = labels.map { label in
            position += label.count
            return storage.bytes(in: (position - label.count)..<position)
        }
        labelStorage = storage
    }

    /// Compiles `paths` against a schema; `rules` are the paths as text.
    convenience init(
        schema: AvroSchema, part: RecordPart, paths: [FieldPath], rules: [String], frameCount: Int
    ) throws(TransformError) {
        do throws(AvroSchemaError) {
            self.init(plan: try AvroPlan(schema: schema, paths: paths), part: part, frameCount: frameCount)
        } catch {
            throw TransformError(error, rules: rules)
        }
    }
}
