import Records

/// What libcurl hands over while an answer arrives.
///
/// Its body grows in a buffer that wipes what it leaves behind.
final class Reply {
    private(set) var body = OutputBuffer(capacity: 4096)
    private(set) var headers: [(name: String, value: String)] = []
    private(set) var isTooLarge = false

    private let maximumBytes: Int
    private var headerBytes = 0
    private let cancellation: Cancellation

    /// Headers in all, as much as common servers allow.
    static let maximumHeaderBytes = 64 * 1024

    init(maximumBytes: Int, cancellation: Cancellation) {
        self.maximumBytes = maximumBytes
        self.cancellation = cancellation
    }

    var isCancelled: Bool { cancellation.isRequested }

    /// Takes a piece of the body; false ends the transfer.
    func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count <= maximumBytes - body.count else {
            isTooLarge = true
            return false
        }
        body.append(bytes)
        return true
    }

    /// Takes one header line, or the status line that begins a new set; false ends the transfer.
    func takeHeader(_ line: UnsafeRawBufferPointer) -> Bool {
        guard line.count <= Self.maximumHeaderBytes - headerBytes else {
            isTooLarge = true
            return false
        }
        headerBytes += line.count
        if line.starts(with: "HTTP/".utf8) {
            headers.removeAll()
            return true
        }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return true }
        let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
        let value = line[(colon + 1)...].drop(while: Self.isSpace)
        let end = value.lastIndex { !Self.isSpace($0) }.map { $0 + 1 } ?? value.startIndex
        headers.append((name, String(decoding: value[..<end], as: UTF8.self)))
        return true
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A
    }
}
