import Records

/// Splits a template into what is literal and what a record fills in.
struct KeySecretTemplateParser {
    let text: String
    private let bytes: [UInt8]
    private(set) var parts: [KeySecretTemplate.Part] = []
    private(set) var sources: [KeySecretTemplate.Source] = []

    init(text: String) {
        self.text = text
        bytes = Array(text.utf8)
    }

    mutating func parse() throws(KeySecretError) {
        var position = 0
        var literal = 0
        while position < bytes.count {
            guard opens(at: position) else {
                position += 1
                continue
            }
            appendLiteral(literal..<position)
            let end = try end(of: position + 2)
            try append(String(decoding: bytes[(position + 2)..<end], as: UTF8.self))
            position = end + 2
            literal = position
        }
        appendLiteral(literal..<bytes.count)
    }

    private func opens(at position: Int) -> Bool {
        bytes[position] == UInt8(ascii: "{") && position + 1 < bytes.count && bytes[position + 1] == UInt8(ascii: "{")
    }

    /// Where the `}}` of the part that begins at `start` stands; one inside a quoted segment of a path does not count.
    private func end(of start: Int) throws(KeySecretError) -> Int {
        let knowsQuotes = String(decoding: bytes[start...], as: UTF8.self).drop { $0 == " " }.hasPrefix("record.value.")
        var isQuoted = false
        var position = start
        while position + 1 < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\"") where knowsQuotes: isQuoted.toggle()
            case UInt8(ascii: "\\") where isQuoted: position += 1
            case UInt8(ascii: "}") where !isQuoted && bytes[position + 1] == UInt8(ascii: "}"): return position
            default: break
            }
            position += 1
        }
        throw malformed("'{{' without '}}'")
    }

    private mutating func appendLiteral(_ range: Range<Int>) {
        if !range.isEmpty { parts.append(.literal(Array(bytes[range]))) }
    }

    private mutating func append(_ inside: String) throws(KeySecretError) {
        let source = try source(inside)
        if let known = sources.firstIndex(of: source) {
            parts.append(.source(known))
        } else {
            parts.append(.source(sources.count))
            sources.append(source)
        }
    }

    private func source(_ inside: String) throws(KeySecretError) -> KeySecretTemplate.Source {
        let name = inside.drop { $0 == " " }
        let trimmed = String(name.reversed().drop { $0 == " " }.reversed())
        if trimmed == "record.topic" { return .topic }
        if trimmed == "record.key" { return .key }
        if trimmed.hasPrefix("record.header."), trimmed != "record.header." {
            return .header(String(trimmed.dropFirst("record.header.".count)))
        }
        guard trimmed.hasPrefix("record.value.") else {
            throw malformed(
                "unknown part {{\(trimmed)}}; known are {{record.topic}}, {{record.key}}, {{record.value.path}} "
                    + "and {{record.header.name}}")
        }
        let path: FieldPath
        do throws(FieldPathError) {
            path = try FieldPath(parsing: String(trimmed.dropFirst("record.value.".count)))
        } catch {
            throw malformed("the path in {{\(trimmed)}} is invalid \(error)")
        }
        guard !path.hasWildcard else { throw malformed("the path in {{\(trimmed)}} may have no wildcard") }
        return .value(path)
    }

    private func malformed(_ reason: String) -> KeySecretError {
        .malformed(text: text, reason: reason)
    }
}
