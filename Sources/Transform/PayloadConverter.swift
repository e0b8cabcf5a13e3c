import Formats
import Records

/// Turns payloads into JSON text and back.
///
/// Not thread-safe: a transform owns one for each part. What it gives is valid until its next use.
final class PayloadConverter {
    /// The text of the payload that was converted last.
    let text = OutputBuffer(capacity: 4096)
    private let payload = OutputBuffer(capacity: 4096)

    /// Converts a payload, and says whether its text alone gives back its every byte.
    func convert(_ original: UnsafeRawBufferPointer, by shape: ConvertedShape) throws(FormatError) -> Bool {
        text.removeAll()
        guard shape.frames(original) else {
            throw FormatError(.malformed, at: 0, "the payload does not stand behind the framing of its schema")
        }
        try shape.conversion.appendJSON(of: original.bytes(in: shape.frame.count..<original.count), to: text)
        do throws(FormatError) {
            return try restore(text.bytes, by: shape).equals(original)
        } catch {
            return false
        }
    }

    /// The payload that a text stands for, its framing before it.
    func restore(
        _ text: UnsafeRawBufferPointer, by shape: ConvertedShape
    ) throws(FormatError) -> UnsafeRawBufferPointer {
        payload.removeAll()
        payload.append(shape.frame.bytes)
        try shape.conversion.appendPayload(ofJSON: text, to: payload)
        return payload.bytes
    }
}
