internal import CSodium

/// libsodium's initialisation, which picks the fastest code for the processor.
enum Sodium {
    /// Whether it is initialised, by this or by something else in the process.
    static let isReady = sodium_init() >= 0
}
