import KeyManagement
import Records
import Synchronization

/// Passes calls on to another service and counts them.
final class CountingService: KeyManagementService {
    private let inner: any KeyManagementService
    private let unwraps = Atomic<Int>(0)

    init(_ inner: any KeyManagementService) {
        self.inner = inner
    }

    /// How many data keys it was asked to unwrap.
    var unwrapCount: Int { unwraps.load(ordering: .sequentiallyConsistent) }

    func wrap(
        _ dataKey: SecretBytes, under key: KeySecretID, topic: String, within milliseconds: Int
    ) throws(KeyManagementError) -> [UInt8] {
        try inner.wrap(dataKey, under: key, topic: topic, within: milliseconds)
    }

    func unwrap(
        _ edek: [UInt8], under key: KeySecretID, topic: String, within milliseconds: Int
    ) throws(KeyManagementError) -> SecretBytes {
        unwraps.add(1, ordering: .sequentiallyConsistent)
        return try inner.unwrap(edek, under: key, topic: topic, within: milliseconds)
    }
}
