import Cryptography

/// One worker's hold on a data key for sealing.
///
/// Not thread-safe: it belongs to its reader's thread. Get all sealers of a record, or ask each whether it is current,
/// before the first seal of that record: a key that serves one record is not current any more once it has sealed.
public final class Sealer: DataKeyHolder {
    let shared: SharedDataKey
    let hash: Int
    private(set) var lastUsed: Int64 = .min

    private let context: SealingContext
    private let nonces: NonceSource
    private let fetcher: DataKeyFetcher
    private var uses: DataKeyClaim
    private var bytes: DataKeyClaim
    private var hasSealed = false

    /// Unique in the process for each data key.
    public let identity: UInt64
    /// How it seals.
    public let algorithm: Algorithm

    init(_ shared: SharedDataKey, hash: Int, nonces: NonceSource, fetcher: DataKeyFetcher) throws(KeyManagementError) {
        do throws(CryptographyError) {
            context = try SealingContext(key: shared.dataKey)
        } catch {
            throw .cryptography(reason: error.description)
        }
        self.shared = shared
        self.hash = hash
        self.nonces = nonces
        self.fetcher = fetcher
        uses = DataKeyClaim(shared.uses)
        bytes = DataKeyClaim(shared.bytes)
        identity = shared.identity
        algorithm = shared.dataKey.algorithm
    }

    deinit {
        uses.release()
        bytes.release()
    }

    /// The KEK's address as an envelope carries it.
    public var kek: [UInt8] { shared.request.kek }

    /// The wrapped key as an envelope carries it.
    public var edek: [UInt8] { shared.edek }

    /// Whether another record may be sealed with it at `now`; false once it has expired, has been renewed, or its limits
    /// leave no room for a record like the ones before.
    public func isCurrent(now: Int64) -> Bool {
        !isOver(now: now) && beginRecord(now: now)
    }

    /// Whether no further record may be sealed with it.
    public func isOver(now: Int64) -> Bool {
        // It serves one record, whenever that comes, or all records for its time.
        shared.isRetired || (shared.isForOneRecord ? hasSealed : now >= shared.expiresAt)
    }

    /// Claims what a record is expected to need; false where the limits leave less.
    func beginRecord(now: Int64) -> Bool {
        lastUsed = now
        shared.touch(now: now)
        guard uses.beginRecord(), bytes.beginRecord() else {
            fetcher.spent(shared)
            return false
        }
        if uses.isNearlySpentForTheFirstTime() || bytes.isNearlySpentForTheFirstTime() {
            fetcher.nearlySpent(shared)
        }
        return true
    }

    /// Seals `plaintext` and writes `plaintext.count + algorithm.overhead` bytes to `out`, under a fresh random nonce.
    ///
    /// - Throws: as `SealingContext.seal` does.
    public func seal(
        _ plaintext: UnsafeRawBufferPointer, aad: UnsafeRawBufferPointer, into out: UnsafeMutableRawPointer
    ) throws(CryptographyError) {
        hasSealed = true
        uses.use(1)
        bytes.use(plaintext.count)
        try context.seal(plaintext, aad: aad, nonces: nonces, into: out)
    }
}
