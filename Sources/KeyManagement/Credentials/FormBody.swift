import Records

/// Parameters in the form `application/x-www-form-urlencoded`, in memory that is wiped: the body of token requests.
struct FormBody {
    private let out = OutputBuffer(capacity: 1024)

    /// Appends `name=value`, the value percent-encoded; `name` needs no encoding.
    func append(_ name: StaticString, _ value: UnsafeRawBufferPointer) {
        if out.count > 0 { out.append(UInt8(ascii: "&")) }
        out.append(name)
        out.append(UInt8(ascii: "="))
        for byte in value { Self.append(byte, to: out) }
    }

    /// Appends `name=value` where the value may be seen by anyone.
    func append(_ name: StaticString, _ value: String) {
        var value = value
        value.withUTF8 { append(name, UnsafeRawBufferPointer($0)) }
    }

    /// Appends `name=value` where the value is a secret.
    func append(_ name: StaticString, _ value: SecretBytes) {
        value.withUnsafeBytes { append(name, $0) }
    }

    /// A copy of what was appended.
    var body: SecretBytes { SecretBytes(copying: out.bytes) }

    /// A value as it stands in a URL's query.
    static func encoded(_ text: String) -> String {
        let out = OutputBuffer(capacity: 64)
        for byte in text.utf8 { append(byte, to: out) }
        return String(decoding: out.bytes, as: UTF8.self)
    }

    private static func append(_ byte: UInt8, to out: OutputBuffer) {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            out.append(byte)
        default:
            out.append(UInt8(ascii: "%"))
            out.append(hexDigit(byte >> 4))
            out.append(hexDigit(byte & 0xF))
        }
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }
}
