/// The rules of Avro's names (Avro 1.12, "Names").
enum AvroName {
    /// Whether it is `[A-Za-z_][A-Za-z0-9_]*`.
    static func isSimple(_ name: some StringProtocol) -> Bool {
        guard let first = name.utf8.first, !(48...57).contains(first) else { return false }
        return name.utf8.allSatisfy {
            (65...90).contains($0) || (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "_")
        }
    }

    /// Whether it is simple names joined by dots.
    static func isDotted(_ name: String) -> Bool {
        name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { isSimple($0) }
    }

    /// The full name of `name` within `namespace`, which is empty for none.
    static func full(_ name: String, in namespace: String) -> String {
        namespace.isEmpty || name.utf8.contains(UInt8(ascii: ".")) ? name : "\(namespace).\(name)"
    }

    /// What comes before the last dot of a full name; empty where there is none.
    static func namespace(of full: String) -> String {
        full.lastIndex(of: ".").map { String(full[..<$0]) } ?? ""
    }

    /// What comes after the last dot of a full name.
    static func simple(of full: String) -> String {
        full.lastIndex(of: ".").map { String(full[full.index(after: $0)...]) } ?? full
    }
}
