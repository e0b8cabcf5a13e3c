#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A growable run of bytes that is filled again and again without allocating once it has grown.
///
/// Not thread-safe: it belongs to one worker. What it held is wiped when it grows and when it is freed, since plaintext
/// passes through it. Pointers into it stay valid until the next append or reserve.
public final class OutputBuffer {
    @usableFromInline var base: UnsafeMutableRawPointer
    @usableFromInline var capacity: Int

    /// How many bytes it holds.
    @inlinable public var count: Int { _count }
    @usableFromInline var _count = 0

    /// Makes an empty buffer with room for `capacity` bytes.
    public init(capacity: Int = 1024) {
        self.capacity = max(capacity, 64)
        base = UnsafeMutableRawPointer.allocate(byteCount: self.capacity, alignment: 16)
    }

    /// Makes a buffer that holds a copy of `bytes`, at an address that stays the same until more is appended.
    public convenience init(holding bytes: [UInt8]) {
        self.init(capacity: bytes.count)
        append(bytes)
    }

    deinit {
        explicit_bzero(base, capacity)
        base.deallocate()
    }

    /// The bytes held; never a nil base address, so that empty stays distinct from null.
    @inlinable
    public var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: UnsafeRawPointer(base), count: _count)
    }

    /// The bytes in `range`, which must lie within what is held.
    @inlinable
    public func bytes(in range: Range<Int>) -> UnsafeRawBufferPointer {
        precondition(range.lowerBound >= 0 && range.upperBound <= _count)
        return UnsafeRawBufferPointer(start: UnsafeRawPointer(base) + range.lowerBound, count: range.count)
    }

    /// Forgets what it holds and keeps the room.
    @inlinable
    public func removeAll() {
        _count = 0
    }

    /// Cuts back to the first `count` bytes.
    @inlinable
    public func truncate(to count: Int) {
        precondition(count >= 0 && count <= _count)
        _count = count
    }

    /// Makes room for `extra` more bytes and returns where they go; `commit` says how many were written.
    @inlinable
    public func reserve(_ extra: Int) -> UnsafeMutableRawPointer {
        // A difference, which can't overflow whatever is asked for.
        if extra > capacity &- _count { grow(by: extra) }
        return base + _count
    }

    /// Counts `written` bytes, put where `reserve` pointed, as held.
    @inlinable
    public func commit(_ written: Int) {
        precondition(written >= 0 && written <= capacity &- _count)
        _count &+= written
    }

    /// Appends one byte.
    @inlinable
    public func append(_ byte: UInt8) {
        reserve(1).storeBytes(of: byte, as: UInt8.self)
        _count &+= 1
    }

    /// Appends a copy of `bytes`, which may not lie in this buffer.
    @inlinable
    public func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, bytes.count > 0 else { return }
        reserve(bytes.count).copyMemory(from: source, byteCount: bytes.count)
        _count &+= bytes.count
    }

    /// Appends a copy of `bytes`.
    @inlinable
    public func append(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { append($0) }
    }

    /// Appends a literal's UTF-8.
    @inlinable
    public func append(_ text: StaticString) {
        append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Appends `number` in decimal.
    @inlinable
    public func append(decimal number: Int) {
        var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
        withUnsafeMutableBytes(of: &digits) { scratch in
            var position = scratch.count
            var rest = number.magnitude
            repeat {
                position -= 1
                scratch[position] = UInt8(48 + rest % 10)
                rest /= 10
            } while rest > 0
            if number < 0 {
                position -= 1
                scratch[position] = 45
            }
            append(UnsafeRawBufferPointer(rebasing: scratch[position...]))
        }
    }

    @usableFromInline
    func grow(by extra: Int) {
        let wanted = max(capacity * 2, _count + extra)
        let bigger = UnsafeMutableRawPointer.allocate(byteCount: wanted, alignment: 16)
        bigger.copyMemory(from: base, byteCount: _count)
        explicit_bzero(base, capacity)
        base.deallocate()
        base = bigger
        capacity = wanted
    }
}
