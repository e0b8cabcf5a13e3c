#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Bytes that must not leave memory: key material, tokens, passwords.
///
/// They live in pages of their own, which are locked (`mlock`) where the system allows it, left out of core dumps, and
/// wiped before they are freed. There is no description: printing one shows its length.
public final class SecretBytes: @unchecked Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    // Sound to share between threads: written only before `init` returns and in `deinit`.
    private let base: UnsafeMutableRawPointer
    private let mapped: Int

    /// Length in bytes.
    public let count: Int

    /// Makes `count` bytes, zero at first, filled by `fill`; when that throws, they are wiped and freed.
    public init<Failure: Error>(
        count: Int, fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        precondition(count >= 0)
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        mapped = max(1, (count + page - 1) / page) * page
        guard
            let pages = mmap(nil, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            pages != MAP_FAILED
        else { fatalError("out of memory for \(count) secret bytes") }
        base = pages
        self.count = count
        // Best effort: RLIMIT_MEMLOCK may be small, and an unlocked page is still wiped and never dumped.
        _ = mlock(base, mapped)
        #if os(Linux)
            _ = madvise(base, mapped, MADV_DONTDUMP)
        #endif
        try fill(UnsafeMutableRawBufferPointer(start: base, count: count))
    }

    /// Makes a copy of `bytes`; the caller wipes the original.
    public convenience init(copying bytes: UnsafeRawBufferPointer) {
        self.init(count: bytes.count) { $0.copyMemory(from: bytes) }
    }

    /// Makes a copy of a text's UTF-8 bytes; the text itself stays where it is.
    public convenience init(copying text: String) {
        self.init(count: text.utf8.count) { $0.copyBytes(from: text.utf8) }
    }

    deinit {
        explicit_bzero(base, mapped)
        _ = munlock(base, mapped)
        _ = munmap(base, mapped)
    }

    /// Lends the bytes to `body`, which must not keep them.
    public func withUnsafeBytes<Result: ~Copyable, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(start: base, count: count))
    }

    /// Whether both hold the same bytes; takes as long wherever they differ.
    public func holdsSame(as other: SecretBytes) -> Bool {
        guard count == other.count else { return false }
        var difference: UInt8 = 0
        for (mine, theirs) in zip(
            UnsafeRawBufferPointer(start: base, count: count), UnsafeRawBufferPointer(start: other.base, count: count))
        {
            difference |= mine ^ theirs
        }
        return difference == 0
    }

    /// Whether both hold the same bytes, as `holdsSame` tells.
    public static func == (left: SecretBytes, right: SecretBytes) -> Bool { left.holdsSame(as: right) }

    /// Says how long it is, never what it holds.
    public var description: String { "<\(count) secret bytes>" }

    /// Shows reflection nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
