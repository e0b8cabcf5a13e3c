import Formats
import Records

/// How payloads of one schema become JSON text, and where the fields are in it.
///
/// Not thread-safe: a transform owns its own.
final class ConvertedShape {
    let conversion: any JSONConversion
    /// Where the fields are in the text.
    let plan: JSONPlan
    /// The framing that stands before the payload in its own format; empty for none.
    let frame: OutputBuffer

    /// Whether a payload stands behind this framing.
    func frames(_ payload: UnsafeRawBufferPointer) -> Bool {
        payload.count >= frame.count && payload.bytes(in: 0..<frame.count).equals(frame.bytes)
    }

    /// Compiles `paths` against the conversion's schema; `rules` are the paths as text.
    init(
        _ conversion: any JSONConversion, paths: [FieldPath], rules: [String], frame: [UInt8]
    ) throws(TransformError) {
        self.conversion = conversion
        self.frame = OutputBuffer(holding: frame)
        do throws(JSONConversionError) {
            plan = try conversion.plan(for: paths)
        } catch {
            throw TransformError(error, rules: rules)
        }
    }
}
