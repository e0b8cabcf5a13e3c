/// A KMS's reply: one JSON text (RFC 8259) in memory that the caller owns and wipes.
///
/// It looks strings up where they lie, so that a secret is not copied. The whole text is checked: nesting is bounded, and
/// a member named twice on the way to what is looked up is refused.
struct JSONReply {
    /// Why a text is no JSON, or not the expected one.
    struct Malformed: Error {
        let reason: String
    }

    /// One step to a value.
    enum Step: Equatable {
        case member(String)
        case element(Int)
    }

    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    private var found: Range<Int>?
    private var foundLiteral: Range<Int>?

    static let maximumDepth = 32

    /// What stands between the quotes of the string at `path`, escapes not undone; nil where there is no string there.
    static func string(
        at path: [Step], in bytes: UnsafeRawBufferPointer
    ) throws(Malformed) -> UnsafeRawBufferPointer? {
        let reply = try read(path, bytes)
        return reply.found.map { UnsafeRawBufferPointer(rebasing: bytes[$0]) }
    }

    /// The number, `true`, `false` or `null` at `path`, as it is written; nil where there is none there.
    static func literal(
        at path: [Step], in bytes: UnsafeRawBufferPointer
    ) throws(Malformed) -> UnsafeRawBufferPointer? {
        let reply = try read(path, bytes)
        return reply.foundLiteral.map { UnsafeRawBufferPointer(rebasing: bytes[$0]) }
    }

    private static func read(_ path: [Step], _ bytes: UnsafeRawBufferPointer) throws(Malformed) -> JSONReply {
        var reply = JSONReply(bytes: bytes)
        try reply.value(path[...], depth: 0)
        reply.skipSpace()
        guard reply.position == bytes.count else { throw Malformed(reason: "something follows the JSON") }
        return reply
    }

    private init(bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// Reads a value; `path` is what is left to go to the string looked up, nil off the way.
    private mutating func value(_ path: ArraySlice<Step>?, depth: Int) throws(Malformed) {
        guard depth < Self.maximumDepth else { throw Malformed(reason: "nested too deep") }
        skipSpace()
        switch peek {
        case UInt8(ascii: "{"): try object(path, depth: depth)
        case UInt8(ascii: "["): try array(path, depth: depth)
        case UInt8(ascii: "\""):
            let range = try string()
            if let path, path.isEmpty { found = range }
        default:
            let start = position
            try literal()
            if let path, path.isEmpty { foundLiteral = start..<position }
        }
    }

    private mutating func literal() throws(Malformed) {
        switch peek {
        case UInt8(ascii: "t"): try word("true")
        case UInt8(ascii: "f"): try word("false")
        case UInt8(ascii: "n"): try word("null")
        default: try number()
        }
    }

    private mutating func object(_ path: ArraySlice<Step>?, depth: Int) throws(Malformed) {
        position += 1
        var isSeen = false
        skipSpace()
        if take(UInt8(ascii: "}")) { return }
        repeat {
            skipSpace()
            guard peek == UInt8(ascii: "\"") else { throw Malformed(reason: "no JSON: a member's name is missing") }
            let name = try string()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw Malformed(reason: "no JSON: ':' is missing") }
            var rest: ArraySlice<Step>?
            if let path, case .member(let wanted)? = path.first, bytes[name].elementsEqual(wanted.utf8) {
                guard !isSeen else { throw Malformed(reason: "member \(wanted) appears twice") }
                isSeen = true
                rest = path.dropFirst()
            }
            try value(rest, depth: depth + 1)
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw Malformed(reason: "no JSON: '}' is missing") }
    }

    private mutating func array(_ path: ArraySlice<Step>?, depth: Int) throws(Malformed) {
        position += 1
        var index = 0
        skipSpace()
        if take(UInt8(ascii: "]")) { return }
        repeat {
            let isWanted = path?.first == .element(index)
            try value(isWanted ? path?.dropFirst() : nil, depth: depth + 1)
            index += 1
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw Malformed(reason: "no JSON: ']' is missing") }
    }

    /// Reads a string and returns where its content lies.
    private mutating func string() throws(Malformed) -> Range<Int> {
        position += 1
        let start = position
        while let byte = peek {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return start..<(position - 1)
            case UInt8(ascii: "\\"): try escape()
            case 0..<0x20: throw Malformed(reason: "no JSON: a control character in a string")
            default: break
            }
        }
        throw Malformed(reason: "no JSON: a string has no end")
    }

    private mutating func escape() throws(Malformed) {
        guard let byte = peek else { throw Malformed(reason: "no JSON: a string has no end") }
        position += 1
        guard byte == UInt8(ascii: "u") else {
            guard "\"\\/bfnrt".utf8.contains(byte) else { throw Malformed(reason: "no JSON: an unknown escape") }
            return
        }
        guard bytes.count - position >= 4, bytes[position..<(position + 4)].allSatisfy(Self.isHexDigit) else {
            throw Malformed(reason: "no JSON: an unknown escape")
        }
        position += 4
    }

    private mutating func word(_ word: String) throws(Malformed) {
        guard bytes[position...].starts(with: word.utf8) else { throw Malformed(reason: "no JSON: an unknown word") }
        position += word.utf8.count
    }

    private mutating func number() throws(Malformed) {
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { try digits() }
        if take(UInt8(ascii: ".")) { try digits() }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits()
        }
    }

    private mutating func digits() throws(Malformed) {
        let start = position
        while let byte = peek, (48...57).contains(byte) { position += 1 }
        guard position > start else { throw Malformed(reason: "no JSON: a value is missing") }
    }

    private var peek: UInt8? {
        position < bytes.count ? bytes[position] : nil
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (97...102).contains(byte) || (65...70).contains(byte)
    }
}
