/// Why a data key can't be had: what a person needs to act, and never key material, a token or a record's value.
///
/// `reason` is the KMS's or the transport's own words, shortened and made printable.
public enum KeyManagementError: Error, Sendable, CustomStringConvertible {
    /// The KMS has been asked, or must be: `DataKeyReader.obtain` waits for its answer.
    case pending(DataKeyRequest)
    /// The KEK's address is malformed.
    case invalidAddress(KeySecretError)
    /// No KMS of this kind is configured.
    case notConfigured(key: KeySecretID)
    /// The address names another server than the configured one.
    case foreignHost(key: KeySecretID, configured: [String])
    /// The KMS has no such key, mount or namespace.
    case unknownKey(key: KeySecretID, reason: String)
    /// The KMS knows who asks, and refuses.
    case refused(key: KeySecretID, reason: String)
    /// The KMS can't use this key for this purpose.
    case unusableKey(key: KeySecretID, reason: String)
    /// The wrapped key is not one that the KMS made with this key, or it was changed.
    case undecryptable(key: KeySecretID, reason: String)
    /// The unwrapped key has not the algorithm's length, in bytes.
    case wrongKeyLength(key: KeySecretID, expected: Int, found: Int)
    /// The KMS does not accept the credentials.
    case unauthenticated(key: KeySecretID, reason: String)
    /// The KMS asks for fewer calls.
    case throttled(key: KeySecretID, reason: String)
    /// The KMS failed or can't be reached.
    case unavailable(key: KeySecretID, reason: String)
    /// The KMS did not answer in time.
    case timedOut(key: KeySecretID, reason: String)
    /// No TLS session with the KMS.
    case tlsFailed(key: KeySecretID, reason: String)
    /// The KMS's reply makes no sense.
    case malformedReply(key: KeySecretID, reason: String)
    /// After failures in a row the KMS is left alone for a while; `reason` is the last failure.
    case suspended(provider: KeyManagementProvider, reason: String)
    /// A local operation failed: randomness, a cipher.
    case cryptography(reason: String)
    /// The settings can't be used.
    case invalidSettings(reason: String)
    /// The cache has been shut down.
    case shutDown

    /// Whether the same request may succeed later without a change to the record or the key.
    ///
    /// Rejected credentials and failed TLS are transient: nothing is wrong with the record, and both are mended without
    /// a restart.
    public var isTransient: Bool {
        switch self {
        case .pending, .unauthenticated, .throttled, .unavailable, .timedOut, .tlsFailed, .malformedReply, .suspended,
            .cryptography, .shutDown:
            true
        case .invalidAddress, .notConfigured, .foreignHost, .unknownKey, .refused, .unusableKey, .undecryptable,
            .wrongKeyLength, .invalidSettings:
            false
        }
    }

    /// Whether the KMS itself lacks the key or refuses its use: where a decrypt pair may put default values.
    public var isRefusal: Bool {
        switch self {
        case .unknownKey, .refused: true
        default: false
        }
    }

    /// Whether the KMS as a whole, not this key, is in trouble.
    var isOutage: Bool {
        switch self {
        case .unauthenticated, .throttled, .unavailable, .timedOut, .tlsFailed, .malformedReply: true
        default: false
        }
    }

    /// Whether the KMS itself gave this answer about a key, and so is well.
    var isAnswer: Bool {
        switch self {
        case .unknownKey, .refused, .unusableKey, .undecryptable, .wrongKeyLength: true
        default: false
        }
    }

    /// A sentence for people.
    public var description: String {
        switch self {
        case .pending(let request): "the KMS has not answered yet: \(request) was asked for"
        case .invalidAddress(let error): error.description
        case .notConfigured(let key): "no \(key.provider.rawValue) is configured, which \(key) needs"
        case .foreignHost(let key, let configured):
            "\(key) names another server than the configured \(configured.joined(separator: ", ")); "
                + "add it to the aliases if it is the same"
        case .unknownKey(let key, let reason): "the KMS does not know \(key): \(reason)"
        case .refused(let key, let reason): "the KMS refuses the use of \(key): \(reason)"
        case .unusableKey(let key, let reason): "\(key) can't be used: \(reason)"
        case .undecryptable(let key, let reason): "\(key) does not open the wrapped data key: \(reason)"
        case .wrongKeyLength(let key, let expected, let found):
            "\(key) opened a data key of \(found) bytes where the algorithm takes \(expected)"
        case .unauthenticated(let key, let reason): "the KMS does not accept the credentials for \(key): \(reason)"
        case .throttled(let key, let reason): "the KMS asks for fewer calls for \(key): \(reason)"
        case .unavailable(let key, let reason): "the KMS failed for \(key): \(reason)"
        case .timedOut(let key, let reason): "the KMS did not answer in time for \(key): \(reason)"
        case .tlsFailed(let key, let reason): "no TLS session with the KMS for \(key): \(reason)"
        case .malformedReply(let key, let reason): "the KMS's reply for \(key) makes no sense: \(reason)"
        case .suspended(let provider, let reason):
            "calls to \(provider.rawValue) are suspended after failures in a row, the last: \(reason)"
        case .cryptography(let reason): "a local cryptographic operation failed: \(reason)"
        case .invalidSettings(let reason): reason
        case .shutDown: "the data-key cache has been shut down"
        }
    }
}
