import Formats
import Records
import SchemaRegistry

/// A schema's plan, and where in a payload the datum begins.
final class AvroShape {
    let plan: AvroPlan
    /// Bytes of framing before the datum.
    let frameCount: Int
    /// The AAD's type names, by `FieldMatch.type`, at addresses that stay the same.
    let typeNames: [UnsafeRawBufferPointer]
    private let typeNameStorage: OutputBuffer

    init(plan: AvroPlan, frameCount: Int) {
        self.plan = plan
        self.frameCount = frameCount
        let storage = OutputBuffer(holding: plan.typeNames.flatMap { $0 })
        var position = 0
        typeNames = plan.typeNames.map { name in
            position += name.count
            return storage.bytes(in: (position - name.count)..<position)
        }
        typeNameStorage = storage
    }

    /// Compiles `paths` against a schema; `rules` are the paths as text.
    convenience init(
        schema: AvroSchema, paths: [FieldPath], rules: [String], frameCount: Int
    ) throws(TransformError) {
        do throws(AvroSchemaError) {
            self.init(plan: try AvroPlan(schema: schema, paths: paths), frameCount: frameCount)
        } catch {
            throw TransformError(error, rules: rules)
        }
    }
}
