import Records

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Where a secret text, such as a token, comes from.
public enum SecretSource: Sendable, Equatable {
    /// The text itself, in UTF-8.
    case text(SecretBytes)
    /// A file that holds it; read again for every use, so that a rotated secret is picked up. One trailing newline is
    /// dropped.
    case file(path: String)

    /// The longest secret that is read, in bytes.
    static let maximumLength = 65_536

    /// Why a secret can't be read.
    public struct Unreadable: Error {
        /// One sentence that names the file and nothing of its content.
        public let reason: String
    }

    /// The secret as it is now.
    public func read() throws(Unreadable) -> SecretBytes {
        switch self {
        case .text(let secret): secret
        case .file(let path): try Self.read(path)
        }
    }

    /// The content of a file, one trailing newline dropped; throws where it is empty or longer than allowed.
    static func read(_ path: String, maximumLength: Int = maximumLength) throws(Unreadable) -> SecretBytes {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw Unreadable(reason: "can't read \(path): \(errorText())") }
        defer { close(file) }
        // Wiped when freed; one byte more than allowed tells what is too long.
        let buffer = OutputBuffer(capacity: 4096)
        while buffer.count <= maximumLength {
            let count = readBytes(file, buffer.reserve(4096), 4096)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw Unreadable(reason: "can't read \(path): \(errorText())") }
            guard count > 0 else { break }
            buffer.commit(count)
        }
        guard buffer.count <= maximumLength else {
            throw Unreadable(reason: "\(path) is longer than \(maximumLength) bytes")
        }
        if buffer.bytes.last == UInt8(ascii: "\n") { buffer.truncate(to: buffer.count - 1) }
        guard buffer.count > 0 else { throw Unreadable(reason: "\(path) is empty") }
        return SecretBytes(copying: buffer.bytes)
    }

    private static func readBytes(_ file: Int32, _ out: UnsafeMutableRawPointer, _ count: Int) -> Int {
        #if canImport(Glibc)
            Glibc.read(file, out, count)
        #else
            Darwin.read(file, out, count)
        #endif
    }

    private static func errorText() -> String {
        String(cString: strerror(errno))
    }
}
