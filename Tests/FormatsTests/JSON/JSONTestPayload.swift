import Glibc

/// Bytes that end where unreadable memory begins, so that reading past them ends the test.
final class JSONTestPayload {
    let bytes: UnsafeRawBufferPointer
    private let mapping: UnsafeMutableRawPointer
    private let size: Int

    init(_ content: [UInt8]) {
        let page = Int(getpagesize())
        let readable = (content.count + page - 1) / page * page
        size = readable + page
        mapping = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        precondition(mapping != MAP_FAILED && mprotect(mapping + readable, page, PROT_NONE) == 0)
        let start = mapping + (readable - content.count)
        content.withUnsafeBytes { if let base = $0.baseAddress { start.copyMemory(from: base, byteCount: $0.count) } }
        bytes = UnsafeRawBufferPointer(start: start, count: content.count)
    }

    deinit {
        munmap(mapping, size)
    }
}
