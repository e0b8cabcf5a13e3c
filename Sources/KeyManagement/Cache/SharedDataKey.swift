import Cryptography
import Synchronization

/// A data key as all workers share it: its bytes, its time and what is left of its limits.
final class SharedDataKey: Sendable {
    let dataKey: DataKey
    let request: DataKeyRequest
    /// The wrapped key's text, made or unwrapped.
    let edek: [UInt8]
    /// Unique in the process.
    let identity: UInt64
    /// When it must not be used any more, in milliseconds of the caller's clock.
    let expiresAt: Int64
    let uses: DataKeyLimit
    let bytes: DataKeyLimit

    private let retired = Atomic<Bool>(false)
    private let used = Atomic<Int64>(.min)

    private static let nextIdentity = Atomic<UInt64>(1)

    /// How precisely the time of the last use is known, in milliseconds: a store each time would move the cache line
    /// between the workers' cores.
    private static let precision: Int64 = 100

    init(
        dataKey: DataKey, request: DataKeyRequest, edek: [UInt8], expiresAt: Int64, maxUses: Int, maxBytes: Int
    ) {
        self.dataKey = dataKey
        self.request = request
        self.edek = edek
        self.expiresAt = expiresAt
        identity = Self.nextIdentity.wrappingAdd(1, ordering: .relaxed).oldValue
        uses = DataKeyLimit(maxUses)
        bytes = DataKeyLimit(maxBytes)
    }

    /// Whether it serves one record only.
    var isForOneRecord: Bool { request.reader != nil }

    /// Whether another has taken its place, or it was given up.
    var isRetired: Bool { retired.load(ordering: .relaxed) }

    func retire() { retired.store(true, ordering: .relaxed) }

    /// When it was last used; nil where it never was.
    var lastUsed: Int64? {
        let time = used.load(ordering: .relaxed)
        return time == .min ? nil : time
    }

    func touch(now: Int64) {
        let last = used.load(ordering: .relaxed)
        guard last == .min || now - last >= Self.precision else { return }
        used.store(now, ordering: .relaxed)
    }
}
