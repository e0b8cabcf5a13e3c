/// The version of the KEK, as far as a wrapped key's text tells it.
public enum WrappedKeyVersion {
    /// The version, such as `v2`: Vault writes `vault:vN:...`, Azure `VERSION:...`; the others show nothing.
    public static func text(of edek: [UInt8], provider: KeyManagementProvider) -> String? {
        let text: ArraySlice<UInt8>
        switch provider {
        case .vault where edek.starts(with: "vault:".utf8): text = edek.dropFirst("vault:".utf8.count)
        case .azure: text = edek[...]
        default: return nil
        }
        guard let colon = text.firstIndex(of: UInt8(ascii: ":")), colon > text.startIndex,
            colon - text.startIndex <= 64,
            text[..<colon].allSatisfy({
                (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
            })
        else { return nil }
        return String(decoding: text[..<colon], as: UTF8.self)
    }
}
