import Records

/// A KMS that wraps and unwraps data keys under a KEK that never leaves it.
///
/// Calls block their thread and may come from several at once. An implementation never retries for longer than it is
/// given, never caches, and never lets an error carry key material or credentials.
public protocol KeyManagementService: Sendable {
    /// Wraps a data key's bytes as they are.
    ///
    /// - Parameters:
    ///   - dataKey: the data key.
    ///   - key: the KEK.
    ///   - topic: the topic that the data key belongs to; some services bind the wrapped key to it.
    ///   - milliseconds: how long the call may take in all.
    /// - Returns: the EDEK's text as it goes into an envelope: printable ASCII without quote and backslash.
    func wrap(
        _ dataKey: SecretBytes, under key: KeySecretID, topic: String, within milliseconds: Int
    ) throws(KeyManagementError) -> [UInt8]

    /// Unwraps an EDEK's text, which may come from anyone.
    func unwrap(
        _ edek: [UInt8], under key: KeySecretID, topic: String, within milliseconds: Int
    ) throws(KeyManagementError) -> SecretBytes
}
