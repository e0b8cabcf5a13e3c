internal import CGcrypt

/// libgcrypt's initialisation, which its manual asks of the application before any other call.
enum Gcrypt {
    /// Whether the library is at least the version that this was compiled for and is initialised.
    ///
    /// Something else in the process may have been first (libssh2 under libcurl is): then its choices stand.
    static let isReady: Bool = {
        if fieldseal_gcrypt_is_initialized() != 0 { return true }
        guard gcry_check_version(GCRYPT_VERSION) != nil else { return false }
        return fieldseal_gcrypt_finish_initialization() != 0
    }()
}
