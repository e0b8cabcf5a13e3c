import Cryptography
import Synchronization

/// One worker's window on a `DataKeyCache`.
///
/// Not thread-safe: each worker owns one, with ciphers and nonces of its own. A key that the worker has is found without
/// a lock and without allocating. All times are milliseconds of the clock that the cache was made with.
public final class DataKeyReader {
    /// The longest EDEK that is looked up, in bytes.
    public static let maximumWrappedLength = 8192

    private let cache: DataKeyCache
    private let nonces: NonceSource
    private let identity: UInt64
    /// How often a key was there.
    private let uses = DataKeyUses()
    private var sealers: DataKeyTable<Sealer>
    private var openers: DataKeyTable<Opener>
    private var lastSealer: Sealer?
    private var lastOpener: Opener?
    private var sweptAt: Int64 = .min

    private static let nextIdentity = Atomic<UInt64>(1)

    /// How often keys that are over are dropped while new ones come in, in milliseconds.
    private static let sweepInterval: Int64 = 10_000

    /// Makes a window for one thread.
    public convenience init(cache: DataKeyCache) {
        self.init(cache: cache, nonces: NonceSource())
    }

    /// Makes a window whose seals take their nonces from `nonces`, which frozen test vectors need.
    package init(cache: DataKeyCache, nonces: NonceSource) {
        self.cache = cache
        self.nonces = nonces
        identity = Self.nextIdentity.wrappingAdd(1, ordering: .relaxed).oldValue
        sealers = DataKeyTable(capacity: cache.settings.maxKeys)
        openers = DataKeyTable(capacity: cache.settings.maxKeys)
        cache.tally.begin(uses)
    }

    deinit {
        cache.tally.end(uses)
    }

    /// The data key to seal with for a topic.
    ///
    /// - Parameters:
    ///   - kek: the KEK's address, templates filled in.
    ///   - algorithm: how to seal.
    ///   - topic: the name of the topic that the envelope carries.
    ///   - now: the time.
    /// - Returns: a sealer that is good for the record at hand.
    /// - Throws: `pending` where the KMS must be asked, which has begun; its own error where it failed lately.
    public func sealer(
        kek: UnsafeRawBufferPointer, algorithm: Algorithm, topic: UnsafeRawBufferPointer, now: Int64
    ) throws(KeyManagementError) -> Sealer {
        let name = DataKeyName(
            kek: kek, edek: UnsafeRawBufferPointer(start: nil, count: 0), algorithm: algorithm, topic: topic)
        if let lastSealer, lastSealer.isNamed(name), lastSealer.isCurrent(now: now) {
            uses.sealed()
            return lastSealer
        }
        let hash = name.hash
        if let sealer = sealers.find(name, hash: hash) {
            if sealer.isCurrent(now: now) {
                uses.sealed()
                lastSealer = sealer
                return sealer
            }
            sealers.remove(sealer)
            lastSealer = nil
        }
        return try makeSealer(name, hash: hash, now: now)
    }

    /// The data key that `edek` wraps, to open with.
    ///
    /// - Parameters:
    ///   - kek: the KEK's address as the envelope carries it; the caller has matched it against the allowed ones.
    ///   - edek: the wrapped key as the envelope carries it, JSON escapes undone.
    ///   - algorithm: how the data was sealed.
    ///   - topic: the topic's name as the envelope carries it.
    ///   - now: the time.
    /// - Returns: an opener that is good for the record at hand.
    /// - Throws: as `sealer` does.
    public func opener(
        kek: UnsafeRawBufferPointer, edek: UnsafeRawBufferPointer, algorithm: Algorithm,
        topic: UnsafeRawBufferPointer, now: Int64
    ) throws(KeyManagementError) -> Opener {
        let name = DataKeyName(kek: kek, edek: edek, algorithm: algorithm, topic: topic)
        if let lastOpener, lastOpener.isNamed(name), lastOpener.isCurrent(now: now) {
            uses.opened()
            return lastOpener
        }
        let hash = name.hash
        if let opener = openers.find(name, hash: hash) {
            if opener.isCurrent(now: now) {
                uses.opened()
                lastOpener = opener
                return opener
            }
            openers.remove(opener)
            lastOpener = nil
        }
        return try makeOpener(name, hash: hash, now: now)
    }

    /// Blocks until the KMS has answered `request`, with a key or an error, at most `milliseconds`.
    ///
    /// - Returns: whether it has answered: ask for the sealer or opener again, which now gives the key or the error.
    public func obtain(_ request: DataKeyRequest, within milliseconds: Int) -> Bool {
        cache.fetcher.waitForAnswer(to: request, atMost: Int64(min(max(0, milliseconds), 3_600_000)))
    }

    /// Drops keys whose time is over, so that they are wiped also where no record comes that would replace them.
    public func releaseExpired(now: Int64) {
        if let last = lastSealer, last.isOver(now: now) { lastSealer = nil }
        if let last = lastOpener, last.isOver(now: now) { lastOpener = nil }
        sealers.removeOver(now: now)
        openers.removeOver(now: now)
        sweptAt = now
    }

    private func makeSealer(_ name: DataKeyName, hash: Int, now: Int64) throws(KeyManagementError) -> Sealer {
        let request = try request(name, purpose: .sealing, now: now)
        // Twice, since other workers may have used up the first.
        for _ in 0..<2 {
            guard let shared = try cache.fetcher.ask(request, now: now) else { break }
            let sealer = try Sealer(shared, hash: hash, nonces: nonces, fetcher: cache.fetcher)
            guard sealer.beginRecord(now: now) else { continue }
            sealers.insert(sealer, now: now)
            lastSealer = sealer
            return sealer
        }
        throw .pending(request)
    }

    private func makeOpener(_ name: DataKeyName, hash: Int, now: Int64) throws(KeyManagementError) -> Opener {
        let request = try request(name, purpose: .opening(edek: Array(name.edek)), now: now)
        guard let shared = try cache.fetcher.ask(request, now: now) else {
            // The record at hand is given up and comes again: keys that it has opened with still serve it then, or each
            // further key of it would cost the others another call.
            if request.reader != nil {
                openers.forEach { if $0.lastUsed == now { $0.serveAgain() } }
            }
            throw .pending(request)
        }
        let opener = try Opener(shared, hash: hash)
        opener.beginRecord(now: now)
        openers.insert(opener, now: now)
        lastOpener = opener
        return opener
    }

    private func request(
        _ name: DataKeyName, purpose: DataKeyRequest.Purpose, now: Int64
    ) throws(KeyManagementError) -> DataKeyRequest {
        if sweptAt == .min || now - sweptAt >= Self.sweepInterval { releaseExpired(now: now) }
        let key: KeySecretID
        do throws(KeySecretError) {
            key = try KeySecretID(parsing: name.kek)
        } catch {
            throw .invalidAddress(error)
        }
        guard name.edek.count <= Self.maximumWrappedLength else {
            throw .undecryptable(key: key, reason: "it is longer than \(Self.maximumWrappedLength) bytes")
        }
        return DataKeyRequest(
            purpose: purpose, kek: Array(name.kek), key: key, algorithm: name.algorithm, topic: Array(name.topic),
            reader: cache.settings.keyTtlMilliseconds == 0 ? identity : nil)
    }
}
