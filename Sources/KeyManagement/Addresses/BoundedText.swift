/// Text from outside, made fit for an error: short, one line, printable.
enum BoundedText {
    /// The longest text that is shown whole, in bytes.
    static let limit = 256

    /// `text` in single quotes.
    static func quoted(_ text: String) -> String {
        "'" + printable(text.utf8) + "'"
    }

    /// The bytes as text: anything but printable ASCII becomes `?`, and what is too long ends in `...`.
    static func printable(_ bytes: some Collection<UInt8>) -> String {
        let shown = bytes.prefix(limit).map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }
        return String(decoding: shown, as: UTF8.self) + (bytes.count > limit ? "..." : "")
    }
}
