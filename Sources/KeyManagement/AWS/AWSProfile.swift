import Records

/// One profile of the shared files: what its lines set.
struct AWSProfile {
    let name: String
    private var values: [String: SecretBytes] = [:]

    init(name: String) {
        self.name = name
    }

    /// The text of a setting that is no secret; nil where it is absent or empty.
    subscript(setting: String) -> String? {
        secret(setting).map { $0.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }
    }

    /// A setting; nil where it is absent or empty.
    func secret(_ setting: String) -> SecretBytes? {
        values[setting].flatMap { $0.count > 0 ? $0 : nil }
    }

    /// Takes what `text` sets in the section of one of these names; false where it has none. What is set already is
    /// replaced.
    mutating func take(sectionsNamed names: [String], of text: UnsafeRawBufferPointer) -> Bool {
        var isInside = false
        var isFound = false
        for line in text.split(separator: UInt8(ascii: "\n")) {
            // What is indented belongs to the setting above it, such as `s3 =`.
            guard let first = line.first, !Self.isSpace(first), !Self.isComment(first) else { continue }
            if first == UInt8(ascii: "[") {
                isInside = names.contains(Self.sectionName(line))
                isFound = isFound || isInside
            } else if isInside, let equals = line.firstIndex(of: UInt8(ascii: "=")) {
                let setting = String(decoding: Self.trimmed(line[..<equals]), as: UTF8.self).lowercased()
                let value = Self.trimmed(Self.withoutComment(line[(equals + 1)...]))
                values[setting] = SecretBytes(copying: UnsafeRawBufferPointer(rebasing: value))
            }
        }
        return isFound
    }

    private static func sectionName(_ line: Slice<UnsafeRawBufferPointer>) -> String {
        let end = line.firstIndex(of: UInt8(ascii: "]")) ?? line.endIndex
        let words = trimmed(line[(line.startIndex + 1)..<end]).split(whereSeparator: isSpace)
        return words.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
    }

    /// A comment begins where a space precedes its sign.
    private static func withoutComment(_ value: Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer> {
        for position in value.indices.dropFirst() where isComment(value[position]) && isSpace(value[position - 1]) {
            return value[..<position]
        }
        return value
    }

    private static func trimmed(_ bytes: Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer> {
        let start = bytes.drop(while: isSpace)
        let end = start.lastIndex { !isSpace($0) }.map { $0 + 1 } ?? start.startIndex
        return start[..<end]
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }

    private static func isComment(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "#") || byte == UInt8(ascii: ";") }
}
