internal import COpenSSL

/// Turns a failed OpenSSL call into an error.
enum OpenSSLFailure {
    /// The error for a failed `call`; empties the thread's error queue, which TLS on the same thread would take for its own.
    static func take(_ call: String) -> CryptographyError {
        ERR_clear_error()
        return .libraryFailure(call: call)
    }
}
