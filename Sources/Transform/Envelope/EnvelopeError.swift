import Formats

/// Why an envelope is refused: one sentence without anything that a record brought.
struct EnvelopeError: Error {
    let message: String

    init(_ message: String) {
        self.message = message
    }

    init(_ error: FormatError) {
        message = "it is not the JSON that it should be, at \(error)"
    }
}
