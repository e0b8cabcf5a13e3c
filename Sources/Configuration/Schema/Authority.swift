/// A host and an optional port.
struct Authority: Hashable, Sendable, CustomStringConvertible {
    /// In lower case; an IPv6 address in its brackets.
    let host: String
    let port: Int?

    /// Parses `HOST`, `HOST:PORT`, `[IPV6]` or `[IPV6]:PORT`; nil where the text is anything else.
    init?(parsing text: String) {
        let lower = text.lowercased()
        var end = lower.firstIndex(of: ":") ?? lower.endIndex
        if lower.hasPrefix("[") {
            guard let close = lower.firstIndex(of: "]") else { return nil }
            end = lower.index(after: close)
            let inside = lower.utf8[lower.utf8.index(after: lower.startIndex)..<close]
            guard !inside.isEmpty, inside.allSatisfy({ Self.isHexDigit($0) || $0 == UInt8(ascii: ":") }) else {
                return nil
            }
        } else {
            guard end > lower.startIndex, lower.utf8[..<end].allSatisfy(Self.isNameByte) else { return nil }
        }
        host = String(lower[..<end])
        guard end < lower.endIndex else {
            port = nil
            return
        }
        let digits = lower[end...].dropFirst()
        guard lower[end] == ":", digits.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(digits),
            1...65_535 ~= number
        else { return nil }
        port = number
    }

    /// Whether it is this machine, whatever a name service says.
    var isLoopback: Bool { HTTPAddress(parsing: "http://\(self)")?.isLoopback == true }

    var description: String { port.map { "\(host):\($0)" } ?? host }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (97...102).contains(byte)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (97...122).contains(byte) || byte == UInt8(ascii: ".")
            || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }
}
