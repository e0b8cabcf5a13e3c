import Glibc

/// Lines of standard input, as bytes and of any length.
enum StandardInput {
    // Sound: only the main thread reads lines.
    nonisolated(unsafe) private static var line: UnsafeMutablePointer<CChar>?
    nonisolated(unsafe) private static var capacity = 0
    // Glibc's own `stdin` is a mutable global, which Swift does not let through.
    nonisolated(unsafe) private static let input = fdopen(STDIN_FILENO, "r")

    /// The next line without its line feed, valid until the next call; nil at the end.
    static func readLine() -> UnsafeRawBufferPointer? {
        guard let input else { return nil }
        var count = getline(&line, &capacity, input)
        guard count > 0, let line else { return nil }
        if line[count - 1] == CChar(bitPattern: 0x0A) { count -= 1 }
        return UnsafeRawBufferPointer(start: line, count: count)
    }
}
