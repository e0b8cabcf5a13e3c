import Formats
import Records

/// What must hold of every conversion to JSON text and back.
enum ConversionCheck {
    /// A payload that becomes JSON gives a payload again that becomes the same JSON.
    static func payload(_ payload: UnsafeRawBufferPointer, by conversion: any JSONConversion, into out: OutputBuffer) {
        out.removeAll()
        guard (try? conversion.appendJSON(of: payload, to: out)) != nil else { return }
        let text = Array(out.bytes)
        let scanner = JSONFieldScanner()
        // What is nested deeper than JSON may be is refused later, by whoever reads it.
        guard (try? text.withUnsafeBytes({ try scanner.scan($0, plan: JSONPlan(paths: [])) })) != nil else { return }
        out.removeAll()
        guard (try? text.withUnsafeBytes({ try conversion.appendPayload(ofJSON: $0, to: out) })) != nil else { return }
        let again = Array(out.bytes)
        out.removeAll()
        let isJSON = (try? again.withUnsafeBytes { try conversion.appendJSON(of: $0, to: out) }) != nil
        expect(isJSON && out.bytes.elementsEqual(text), "the JSON of a payload from JSON is the same")
    }

    /// JSON text that becomes a payload gives JSON again that becomes the same payload.
    static func text(_ text: UnsafeRawBufferPointer, by conversion: any JSONConversion, into out: OutputBuffer) {
        out.removeAll()
        guard (try? conversion.appendPayload(ofJSON: text, to: out)) != nil else { return }
        let payload = Array(out.bytes)
        out.removeAll()
        guard (try? payload.withUnsafeBytes({ try conversion.appendJSON(of: $0, to: out) })) != nil else { return }
        let canonical = Array(out.bytes)
        out.removeAll()
        let isPayload = (try? canonical.withUnsafeBytes { try conversion.appendPayload(ofJSON: $0, to: out) }) != nil
        expect(isPayload && out.bytes.elementsEqual(payload), "the payload of JSON from a payload is the same")
    }
}
