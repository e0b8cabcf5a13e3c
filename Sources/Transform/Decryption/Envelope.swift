import Records

/// An envelope as a reader has taken it apart: the shape of line 1 and the wrapped keys of line 2.
///
/// Cached by its bytes, since consecutive records mostly carry the same.
final class Envelope {
    let shape: OpeningShape
    let keys: [EnvelopeKeys.Entry]
    /// Whether the configuration lets the reader ask for each key.
    let isAllowed: [Bool]

    init(shape: OpeningShape, keys: [EnvelopeKeys.Entry], isAllowed: [Bool]) {
        self.shape = shape
        self.keys = keys
        self.isAllowed = isAllowed
    }
}
