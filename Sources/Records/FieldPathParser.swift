extension FieldPath {
    /// Parses a path as people write it; throws where it is empty, malformed or too deep.
    public init(parsing text: String) throws(FieldPathError) {
        var parser = FieldPathParser(bytes: Array(text.utf8))
        self.init(segments: try parser.parse())
    }
}

/// Reads `segment ("." segment | "[" index "]")*`.
private struct FieldPathParser {
    let bytes: [UInt8]
    var position = 0

    mutating func parse() throws(FieldPathError) -> [FieldPath.Segment] {
        var segments: [FieldPath.Segment] = []
        guard !bytes.isEmpty else { throw error("the path is empty; name a field, such as customer.ssn") }
        while position < bytes.count {
            guard segments.count < FieldPath.maximumSegments else {
                throw error("a path may have at most \(FieldPath.maximumSegments) segments")
            }
            if bytes[position] == UInt8(ascii: "[") {
                segments.append(try parseIndex())
                continue
            }
            if !segments.isEmpty {
                guard bytes[position] == UInt8(ascii: ".") else {
                    throw error("expected '.' or '[' between segments")
                }
                position += 1
            }
            segments.append(try parseKey())
        }
        return segments
    }

    private mutating func parseIndex() throws(FieldPathError) -> FieldPath.Segment {
        position += 1
        guard let end = bytes[position...].firstIndex(of: UInt8(ascii: "]")) else {
            throw error("'[' without ']'")
        }
        let inside = bytes[position..<end]
        defer { position = end + 1 }
        if inside.elementsEqual("*".utf8) { return .anyElement }
        let canonical = inside.count == 1 || inside.first != UInt8(ascii: "0")
        guard !inside.isEmpty, inside.allSatisfy({ (48...57).contains($0) }), canonical,
            let index = Int(String(decoding: inside, as: UTF8.self)), index <= Int32.max
        else { throw error("a list index is a decimal number without leading zeros, or *") }
        return .index(index)
    }

    private mutating func parseKey() throws(FieldPathError) -> FieldPath.Segment {
        guard position < bytes.count else { throw error("a segment is missing after '.'") }
        if bytes[position] == UInt8(ascii: "\"") { return .key(try parseQuoted()) }
        let rest = bytes[position...]
        let end = rest.firstIndex { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "[") } ?? bytes.count
        let key = Array(bytes[position..<end])
        if key == [UInt8(ascii: "*")] {
            position = end
            return .anyValue
        }
        guard key.withUnsafeBytes({ FieldPath.isBare($0) }) else {
            throw error(
                "'\(String(decoding: key, as: UTF8.self))' must be quoted, since it is not a letter or _ followed by "
                    + "letters, digits, _ and -; write it as \"...\" inside the path")
        }
        position = end
        return .key(key)
    }

    private mutating func parseQuoted() throws(FieldPathError) -> [UInt8] {
        position += 1
        var key: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return key
            case UInt8(ascii: "\\"): key.append(contentsOf: try parseEscape())
            case 0..<0x20: throw error("a control character in a quoted segment must be escaped")
            default: key.append(byte)
            }
        }
        throw error("the quoted segment has no closing \"")
    }

    private mutating func parseEscape() throws(FieldPathError) -> [UInt8] {
        guard position < bytes.count else { throw error("'\\' at the end of the path") }
        defer { position += 1 }
        switch bytes[position] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [bytes[position]]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"):
            let digits = bytes[(position + 1)...].prefix(4)
            // Checked here, since the number's initializer takes a sign for a digit.
            guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
                let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16),
                let scalar = Unicode.Scalar(value)
            else { throw error("\\u takes four hexadecimal digits of a character (no surrogate; write it as it is)") }
            position += 4
            return Array(String(Character(scalar)).utf8)
        default: throw error("unknown escape; allowed are \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX")
        }
    }

    private func error(_ reason: String) -> FieldPathError {
        FieldPathError(position: min(position, bytes.count), reason: reason)
    }
}
