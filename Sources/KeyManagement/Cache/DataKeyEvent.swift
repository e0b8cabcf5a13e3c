public import Cryptography

/// Something in the life of data keys or of their KMS that others may want to know; never a key's bytes.
public enum DataKeyEvent: Sendable, Hashable {
    /// A data key was made for `topic` and wrapped under `key`.
    case created(key: KeySecretID, topic: String, algorithm: Algorithm)
    /// The same, ahead of the end of the one before it.
    case renewed(key: KeySecretID, topic: String, algorithm: Algorithm)
    /// The KMS of `key` fails again and again, and is left alone for a while.
    case suspended(key: KeySecretID, reason: String)
    /// It answers again.
    case resumed(key: KeySecretID)
}
