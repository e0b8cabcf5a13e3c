internal import COpenSSL

/// Random nonces from a pool that one call of the random generator fills for many.
///
/// Not thread-safe and never shared: one per thread, which may use it for any number of keys. A nonce is wiped from the
/// pool as it is handed out, so that no later fault can hand it out again. A process that forks must make a new one.
public final class NonceSource {
    /// Bytes that one call of `RAND_bytes` draws: enough to hide its cost of about 0.9 us.
    private static let poolSize = 4096

    let pool: UnsafeMutableRawPointer
    let size: Int
    private var position: Int
    private let refills: Bool

    /// Makes a source whose pool is filled by the first draw.
    public init() {
        size = Self.poolSize
        position = Self.poolSize
        refills = true
        pool = .allocate(byteCount: Self.poolSize, alignment: 16)
    }

    /// Makes a source that hands out `fixed` and then throws `randomnessUnavailable`: for test vectors only.
    package init(fixed: [UInt8]) {
        size = fixed.count
        position = 0
        refills = false
        pool = .allocate(byteCount: max(1, fixed.count), alignment: 16)
        fixed.withUnsafeBytes { UnsafeMutableRawBufferPointer(start: pool, count: size).copyMemory(from: $0) }
    }

    deinit {
        OPENSSL_cleanse(pool, size)
        pool.deallocate()
    }

    /// Writes `count` fresh bytes, at most a pool, to `out`.
    package func draw(_ count: Int, into out: UnsafeMutableRawPointer) throws(CryptographyError) {
        if count > size - position { try refill(toDraw: count) }
        out.copyMemory(from: pool + position, byteCount: count)
        OPENSSL_cleanse(pool + position, count)
        position += count
    }

    private func refill(toDraw count: Int) throws(CryptographyError) {
        guard refills, count <= size else { throw .randomnessUnavailable }
        guard RAND_bytes(pool.assumingMemoryBound(to: UInt8.self), Int32(size)) == 1 else {
            // What the failed call left behind must not pass for random.
            position = size
            ERR_clear_error()
            throw .randomnessUnavailable
        }
        position = 0
    }
}
