import KeyManagement
import Records

/// The keys of `kms.inMemory`.
enum InMemoryKeys {
    static let keys = Setting(
        "keys", .section(keysSection), .optional("none"), "Keys by name, each the base64 of 32 bytes.")
    static let random = Setting(
        "random", .list(of: .inMemoryName), .optional("none"),
        "Names of keys that are made at start and lost at exit: what they sealed can't be opened again.")

    static let section = Section(
        "kms.inMemory",
        "For development only: whoever can read this file can read the records. A key that is not listed is an error.",
        [keys, random])

    private static let keysSection = Section(
        "kms.inMemory.keys", "", [],
        open: OpenSettings("names of keys", isSecret: { _ in true }) { name in
            isName(name) ? nil : "a key's name is made of letters, digits, '_', '.' and '-'"
        })

    static func isName(_ text: String) -> Bool {
        (try? KeySecretID(parsing: KeyManagementProvider.inMemory.prefix + text)) != nil
    }

    /// The key that `base64` spells, or nil where it is not 32 bytes.
    static func key(base64: String) -> SecretBytes? {
        guard var bytes = Base64.decode(base64), bytes.count == 32 else { return nil }
        defer { for index in bytes.indices { bytes[index] = 0 } }
        return bytes.withUnsafeBytes { SecretBytes(copying: $0) }
    }
}

extension Form where Value == String {
    /// A key's name as it stands in `in-memory-kms://NAME`.
    fileprivate static var inMemoryName: Form {
        // Not shown, as it may be a key in the wrong place.
        .scalar("a name of letters, digits, '_', '.' and '-'", isSecret: true) { found in
            InMemoryKeys.isName(found.text) ? .value(found.text) : .refused()
        }
    }
}
