import Cryptography

/// One worker's hold on a data key for opening.
///
/// Not thread-safe: it belongs to its reader's thread. Openers of one record may be got as they are needed, all with the
/// same time; keep each until the record's end.
public final class Opener: DataKeyHolder {
    let shared: SharedDataKey
    let hash: Int
    private(set) var lastUsed: Int64 = .min

    private let context: OpeningContext
    private var hasOpened = false

    /// How the data was sealed.
    public let algorithm: Algorithm

    init(_ shared: SharedDataKey, hash: Int) throws(KeyManagementError) {
        do throws(CryptographyError) {
            context = try OpeningContext(key: shared.dataKey)
        } catch {
            throw .cryptography(reason: error.description)
        }
        self.shared = shared
        self.hash = hash
        algorithm = shared.dataKey.algorithm
    }

    /// Whether another record may be opened with it at `now`; false once its time is over and the KMS must be asked
    /// again.
    public func isCurrent(now: Int64) -> Bool {
        guard !isOver(now: now) else { return false }
        beginRecord(now: now)
        return true
    }

    /// Whether no further record may be opened with it.
    public func isOver(now: Int64) -> Bool {
        // It serves one record, whenever that comes, or all records for its time.
        shared.isRetired || (shared.isForOneRecord ? hasOpened : now >= shared.expiresAt)
    }

    /// The record that it has opened for comes again.
    func serveAgain() {
        hasOpened = false
    }

    func beginRecord(now: Int64) {
        lastUsed = now
        shared.touch(now: now)
    }

    /// Opens `sealed`, writes the plaintext to `out`, which has room for `sealed.count - algorithm.overhead` bytes, and
    /// returns its length.
    ///
    /// - Throws: as `OpeningContext.open` does.
    public func open(
        _ sealed: UnsafeRawBufferPointer, aad: UnsafeRawBufferPointer, into out: UnsafeMutableRawPointer
    ) throws(CryptographyError) -> Int {
        hasOpened = true
        return try context.open(sealed, aad: aad, into: out)
    }
}
