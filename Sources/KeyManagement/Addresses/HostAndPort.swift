/// A host and an optional port, compared without regard to case.
struct HostAndPort: Hashable, Sendable {
    /// Lower case; an IPv6 address in its brackets.
    let host: String
    /// From 1 to 65535, or nil where none is written.
    let port: Int?

    init(host: String, port: Int?) {
        self.host = host.lowercased()
        self.port = port
    }

    /// Parses `NAME`, `NAME:PORT`, `[IPV6]` or `[IPV6]:PORT`; nil where the text is something else.
    init?(parsing text: String) {
        let bytes = Array(text.utf8)
        var end = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.count
        if bytes.first == UInt8(ascii: "[") {
            guard let close = bytes.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            end = close + 1
            guard close > 1, bytes[1..<close].allSatisfy({ Self.isHexDigit($0) || $0 == 58 || $0 == 46 }) else {
                return nil
            }
        } else {
            guard end > 0, bytes[..<end].allSatisfy(Self.isNameByte) else { return nil }
        }
        host = String(decoding: bytes[..<end], as: UTF8.self).lowercased()
        guard end < bytes.count else {
            port = nil
            return
        }
        let digits = bytes[(end + 1)...]
        guard bytes[end] == UInt8(ascii: ":"), (1...5).contains(digits.count),
            digits.allSatisfy({ (48...57).contains($0) }),
            let number = Int(String(decoding: digits, as: UTF8.self)), (1...65535).contains(number)
        else { return nil }
        port = number
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        isHexDigit(byte) || (97...122).contains(byte) || (65...90).contains(byte) || byte == 45 || byte == 46
            || byte == 95
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (97...102).contains(byte) || (65...70).contains(byte)
    }
}
