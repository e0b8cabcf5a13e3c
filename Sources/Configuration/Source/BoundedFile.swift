#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file that is read whole, or refused when it is longer than allowed.
///
/// Pipes are read too, so that a configuration may come from the standard output of another command.
struct BoundedFile {
    let path: String
    let limit: Int

    /// Why it can't be read; no part of its content.
    struct Failure: Error {
        let reason: String
    }

    /// The content, which must be UTF-8 without NUL.
    func text() throws(Failure) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure(reason: Self.systemReason()) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        while bytes.count <= limit {
            let chunk = try readChunk(from: descriptor)
            if chunk.isEmpty { break }
            bytes += chunk
        }
        guard bytes.count <= limit else { throw Failure(reason: "it is longer than \(limit) bytes") }
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            throw Failure(reason: "it is not text in UTF-8")
        }
        return text
    }

    private func readChunk(from descriptor: Int32) throws(Failure) -> [UInt8] {
        var status = 0
        let chunk = [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
            repeat {
                status = read(descriptor, buffer.baseAddress, buffer.count)
            } while status < 0 && errno == EINTR
            count = max(status, 0)
        }
        guard status >= 0 else { throw Failure(reason: Self.systemReason()) }
        return chunk
    }

    private static func systemReason() -> String {
        String(cString: strerror(errno))
    }
}
