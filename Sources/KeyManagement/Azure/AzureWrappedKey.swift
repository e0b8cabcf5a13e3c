import Records

/// An EDEK of Azure's: `VERSION:BASE64`, the version of the key that wrapped it and what it made.
///
/// The version is kept since Azure unwraps only by the very version that wrapped.
struct AzureWrappedKey {
    let version: String
    let ciphertext: SecretBytes

    /// The longest EDEK, in bytes; an RSA key of 4096 bits makes 717.
    private static let maximumLength = 4_096
    private static let maximumVersionLength = 64

    /// Reads an EDEK, which may come from anyone; nil where it is of another form.
    init?(parsing text: UnsafeRawBufferPointer) {
        guard text.count <= Self.maximumLength, let colon = text.firstIndex(of: UInt8(ascii: ":")),
            let version = Self.version(UnsafeRawBufferPointer(rebasing: text[..<colon]))
        else { return nil }
        let payload = UnsafeRawBufferPointer(rebasing: text[(colon + 1)...])
        let out = OutputBuffer(capacity: payload.count)
        guard let count = Base64.decode(payload, into: out.reserve(payload.count)), count > 0 else { return nil }
        out.commit(count)
        self.version = version
        ciphertext = SecretBytes(copying: out.bytes)
    }

    init(version: String, ciphertext: SecretBytes) {
        self.version = version
        self.ciphertext = ciphertext
    }

    /// The EDEK's text.
    var text: [UInt8] {
        Array(version.utf8) + [UInt8(ascii: ":")] + ciphertext.withUnsafeBytes { Array(Base64.encode($0).utf8) }
    }

    /// A key's version: letters and digits, so that it goes into a URL as it is; nil where the text is something else.
    static func version(_ text: UnsafeRawBufferPointer) -> String? {
        let isVersion = text.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: false
            }
        }
        guard isVersion, (1...maximumVersionLength).contains(text.count) else { return nil }
        return String(decoding: text, as: UTF8.self)
    }
}
