import Records

/// An envelope as a reader has taken it apart: the shape of line 1 and the wrapped keys of line 2.
///
/// Cached by its bytes, since consecutive records mostly carry the same.
final class Envelope {
    let shape: OpeningShape
    let keys: [Key]

    /// A wrapped DEK, at addresses that stay the same.
    struct Key {
        let kek: OutputBuffer
        let edek: OutputBuffer
        /// Whether the configuration lets the reader ask for it.
        let isAllowed: Bool
    }

    init(shape: OpeningShape, keys: [Key]) {
        self.shape = shape
        self.keys = keys
    }
}
