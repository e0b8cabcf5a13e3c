/// Reads one JSON document into `AvroSchemaJSON`.
struct AvroSchemaJSONReader {
    let bytes: [UInt8]
    private var position = 0
    private var depth = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func document() throws(AvroSchemaError) -> AvroSchemaJSON {
        let value = try value()
        skipSpace()
        guard position == bytes.count else { throw error("something follows the schema") }
        return value
    }

    private mutating func value() throws(AvroSchemaError) -> AvroSchemaJSON {
        skipSpace()
        switch peek {
        case UInt8(ascii: "{"): return .object(try object())
        case UInt8(ascii: "["): return .array(try array())
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"):
            try word("true")
            return .boolean(true)
        case UInt8(ascii: "f"):
            try word("false")
            return .boolean(false)
        case UInt8(ascii: "n"):
            try word("null")
            return .null
        case .some(UInt8(ascii: "0")...UInt8(ascii: "9")), UInt8(ascii: "-"): return .number(try number())
        case nil: throw error("the JSON text ends too early")
        default: throw error("no JSON value begins here")
        }
    }

    private mutating func object() throws(AvroSchemaError) -> [String: AvroSchemaJSON] {
        try enter()
        defer { depth -= 1 }
        var members: [String: AvroSchemaJSON] = [:]
        skipSpace()
        if take(UInt8(ascii: "}")) { return members }
        repeat {
            skipSpace()
            guard peek == UInt8(ascii: "\"") else { throw error("expected a member's name") }
            let start = position
            let name = try string()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw error("expected ':' after a member's name") }
            guard members.updateValue(try value(), forKey: name) == nil else {
                position = start
                throw error("the member '\(name)' appears twice in one object")
            }
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw error("expected ',' or '}' in an object") }
        return members
    }

    private mutating func array() throws(AvroSchemaError) -> [AvroSchemaJSON] {
        try enter()
        defer { depth -= 1 }
        var elements: [AvroSchemaJSON] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return elements }
        repeat {
            elements.append(try value())
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw error("expected ',' or ']' in an array") }
        return elements
    }

    private mutating func string() throws(AvroSchemaError) -> String {
        position += 1
        var text: [UInt8] = []
        while let byte = peek {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw error("the string before here is not UTF-8")
                }
                return string
            case UInt8(ascii: "\\"): text.append(contentsOf: try escape())
            case 0..<0x20: throw error("a control character in a string")
            default: text.append(byte)
            }
        }
        throw error("a string has no end")
    }

    private mutating func escape() throws(AvroSchemaError) -> [UInt8] {
        guard let byte = peek else { throw error("a string has no end") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"): return try unicodeEscape()
        default: throw error("an unknown escape in a string")
        }
    }

    private mutating func unicodeEscape() throws(AvroSchemaError) -> [UInt8] {
        var value = try hexadecimal()
        if 0xD800..<0xDC00 ~= value {
            guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw error("half of a surrogate pair") }
            let low = try hexadecimal()
            guard 0xDC00..<0xE000 ~= low else { throw error("half of a surrogate pair") }
            value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(value) else { throw error("half of a surrogate pair") }
        return Array(String(Character(scalar)).utf8)
    }

    private mutating func hexadecimal() throws(AvroSchemaError) -> UInt32 {
        let digits = bytes[position...].prefix(4)
        let isHexadecimal = digits.allSatisfy { (48...57).contains($0) || (65...70).contains($0 & 0xDF) }
        guard digits.count == 4, isHexadecimal, let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw error("\\u takes four hexadecimal digits") }
        position += 4
        return value
    }

    private mutating func number() throws(AvroSchemaError) -> String {
        let start = position
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { try digits() }
        if take(UInt8(ascii: ".")) { try digits() }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits()
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func digits() throws(AvroSchemaError) {
        let start = position
        while let byte = peek, (48...57).contains(byte) { position += 1 }
        guard position > start else { throw error("a number lacks a digit") }
    }

    private mutating func word(_ word: StaticString) throws(AvroSchemaError) {
        let spelled = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        guard bytes[position...].starts(with: spelled) else { throw error("no JSON value begins here") }
        position += spelled.count
    }

    private mutating func enter() throws(AvroSchemaError) {
        guard depth < AvroSchemaJSON.maximumDepth else {
            throw error("nested deeper than \(AvroSchemaJSON.maximumDepth) objects and arrays")
        }
        depth += 1
        position += 1
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        position += 1
        return true
    }

    private var peek: UInt8? {
        position < bytes.count ? bytes[position] : nil
    }

    private func error(_ reason: String) -> AvroSchemaError {
        AvroSchemaError(at: "byte \(position)", reason)
    }
}
