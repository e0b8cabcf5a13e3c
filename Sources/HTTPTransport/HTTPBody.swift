import Records

/// What a request carries.
public enum HTTPBody: Sendable {
    /// Nothing.
    case none
    /// Bytes that may be seen by anyone.
    case plain([UInt8])
    /// Bytes that hold a secret; they are sent from where they lie.
    case secret(SecretBytes)

    /// Lends the bytes to `body`; nil where there are none.
    func withBytes<Failure: Error>(_ body: (UnsafeRawBufferPointer?) throws(Failure) -> Void) throws(Failure) {
        switch self {
        case .none: try body(nil)
        case .plain(let bytes):
            // withUnsafeBytes of an array only rethrows untyped errors.
            let outcome = bytes.withUnsafeBytes { lent -> Result<Void, Failure> in
                do throws(Failure) { return .success(try body(lent)) } catch { return .failure(error) }
            }
            try outcome.get()
        case .secret(let secret):
            try secret.withUnsafeBytes { bytes throws(Failure) in try body(bytes) }
        }
    }
}
