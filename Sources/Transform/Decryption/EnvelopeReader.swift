import KeyManagement
import Records

/// Reads envelopes, and remembers them by their bytes within bounds.
///
/// Not thread-safe: a decryptor owns one.
final class EnvelopeReader {
    private let keks: [KeySecretPattern]
    private let choice: OpeningShape.Choice
    /// How many layouts are remembered: a topic has a few, and one that somebody made up may cost megabytes of plan.
    private static let shapeLimit = 64

    private let shapes = BytesCache<OpeningShape>(limit: EnvelopeReader.shapeLimit)
    private var shapeCount = 0
    private let envelopes = BytesCache<Envelope>(limit: 16_384, byteLimit: 16 << 20)

    private let lastBytes = OutputBuffer(capacity: 1024)
    private var last: Envelope?

    /// - Parameters:
    ///   - keks: the KEKs that may be asked.
    ///   - choice: what the pair asks for.
    init(keks: [KeySecretPattern], choice: OpeningShape.Choice) {
        self.keks = keks
        self.choice = choice
    }

    /// Takes the value of the header `fieldseal.envelope` apart; what it gives lives until the next call.
    func read(_ bytes: UnsafeRawBufferPointer) throws(EnvelopeError) -> Borrowed<Envelope> {
        // Consecutive records mostly carry the same envelope: a comparison costs less than a hash.
        if lastBytes.bytes.equals(bytes), let last { return Borrowed(last) }
        let envelope = if let known = envelopes.value(for: bytes) { known } else { try parse(bytes) }
        lastBytes.removeAll()
        lastBytes.append(bytes)
        last = envelope
        return Borrowed(envelope)
    }

    private func parse(_ bytes: UnsafeRawBufferPointer) throws(EnvelopeError) -> Envelope {
        guard bytes.count <= EnvelopeLayout.maximumBytes else {
            throw EnvelopeError("it has \(bytes.count) bytes, more than \(EnvelopeLayout.maximumBytes)")
        }
        guard let feed = bytes.firstIndex(of: 0x0A) else { throw EnvelopeError("it is not two lines") }
        let shape = try shape(of: UnsafeRawBufferPointer(rebasing: bytes[..<feed]))
        let keys = try EnvelopeKeys(
            parsing: UnsafeRawBufferPointer(rebasing: bytes[(feed + 1)...]), count: shape.algorithms.count)
        let envelope = Envelope(
            shape: shape,
            keys: keys.entries.map { entry in
                let kek = OutputBuffer(holding: entry.kek)
                return Envelope.Key(
                    kek: kek, edek: OutputBuffer(holding: entry.edek),
                    isAllowed: keks.contains { $0.matches(kek.bytes) })
            })
        envelopes.insert(envelope, for: bytes)
        return envelope
    }

    private func shape(of line: UnsafeRawBufferPointer) throws(EnvelopeError) -> OpeningShape {
        if let known = shapes.value(for: line) { return known }
        let shape = try OpeningShape(parsing: line, choice: choice)
        if shapeCount == Self.shapeLimit { forget() }
        shapeCount += 1
        shapes.insert(shape, for: line)
        return shape
    }

    /// Envelopes hold on to their shapes, so both go together.
    private func forget() {
        shapes.removeAll()
        envelopes.removeAll()
        last = nil
        shapeCount = 0
    }
}
