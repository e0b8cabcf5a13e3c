import Records

/// A slow parser of the same grammar written another way, to judge the scanner by: it validates UTF-8 and UTF-16 with the
/// standard library, takes numbers apart by splitting, and builds a tree.
struct JSONReference {
    indirect enum Value {
        case null
        case scalar
        case object([(key: [UInt8], value: Node)])
        case list([Node])
    }

    struct Node {
        var value: Value
        var token: Range<Int>
    }

    struct Invalid: Error {}

    /// A path that meets a value of another kind, and the rules it may be blamed on.
    struct Mismatch: Error {
        var offset: Int
        var rules: Set<Int>
    }

    private let bytes: [UInt8]
    private var position = 0

    /// The tree of a valid text, or nil.
    static func parse(_ bytes: [UInt8]) -> Node? {
        guard String(validating: bytes, as: UTF8.self) != nil else { return nil }
        var parser = JSONReference(bytes: bytes)
        guard let node = try? parser.value(depth: 0) else { return nil }
        parser.space()
        return parser.position == bytes.count ? node : nil
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private mutating func space() {
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
    }

    private mutating func take(_ text: String) -> Bool {
        guard bytes[position...].starts(with: text.utf8) else { return false }
        position += text.utf8.count
        return true
    }

    private mutating func value(depth: Int) throws -> Node {
        space()
        let start = position
        let value: Value
        if take("{") {
            value = .object(try members(depth: depth + 1))
        } else if take("[") {
            value = .list(try elements(depth: depth + 1))
        } else if take("null") {
            value = .null
        } else if take("true") || take("false") {
            value = .scalar
        } else if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
            _ = try string()
            value = .scalar
        } else {
            try number()
            value = .scalar
        }
        return Node(value: value, token: start..<position)
    }

    private mutating func members(depth: Int) throws -> [(key: [UInt8], value: Node)] {
        guard depth <= 512 else { throw Invalid() }
        var members: [(key: [UInt8], value: Node)] = []
        space()
        if take("}") { return [] }
        repeat {
            space()
            let key = try string()
            space()
            guard take(":") else { throw Invalid() }
            members.append((key, try value(depth: depth)))
            space()
        } while take(",")
        guard take("}") else { throw Invalid() }
        return members
    }

    private mutating func elements(depth: Int) throws -> [Node] {
        guard depth <= 512 else { throw Invalid() }
        var elements: [Node] = []
        space()
        if take("]") { return [] }
        repeat {
            elements.append(try value(depth: depth))
            space()
        } while take(",")
        guard take("]") else { throw Invalid() }
        return elements
    }

    /// The content in UTF-8, collected as UTF-16 so that the standard library judges the surrogates.
    private mutating func string() throws -> [UInt8] {
        guard take("\"") else { throw Invalid() }
        var units: [UInt16] = []
        var raw: [UInt8] = []
        func flushed() -> [UInt16] { units + Array(String(decoding: raw, as: UTF8.self).utf16) }
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                position += 1
                guard let text = String(validating: flushed(), as: UTF16.self) else { throw Invalid() }
                return Array(text.utf8)
            }
            guard byte >= 0x20 else { throw Invalid() }
            guard byte == UInt8(ascii: "\\") else {
                raw.append(byte)
                position += 1
                continue
            }
            units = flushed()
            raw = []
            units.append(try escaped())
        }
        throw Invalid()
    }

    private mutating func escaped() throws -> UInt16 {
        position += 1
        guard position < bytes.count else { throw Invalid() }
        let letter = Character(Unicode.Scalar(bytes[position]))
        position += 1
        let simple: [Character: UInt16] = [
            "\"": 34, "\\": 92, "/": 47, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9,
        ]
        if let unit = simple[letter] { return unit }
        let digits = bytes[position...].prefix(4).map { Character(Unicode.Scalar($0)) }
        guard letter == "u", digits.count == 4, digits.allSatisfy({ $0.isASCII && $0.isHexDigit }),
            let unit = UInt16(String(digits), radix: 16)
        else { throw Invalid() }
        position += 4
        return unit
    }

    private mutating func number() throws {
        let run = bytes[position...].prefix { "+-.eE0123456789".utf8.contains($0) }
        let text = String(decoding: run, as: UTF8.self)
        let isNumber = { (digits: Substring) in !digits.isEmpty && digits.allSatisfy { $0.isASCII && $0.isNumber } }

        let halves = text.split(separator: /[eE]/, omittingEmptySubsequences: false)
        guard halves.count <= 2, let mantissa = halves.first else { throw Invalid() }
        if halves.count == 2 {
            let exponent = halves[1]
            guard isNumber(exponent.first == "+" || exponent.first == "-" ? exponent.dropFirst() : exponent) else {
                throw Invalid()
            }
        }
        let parts = mantissa.split(separator: ".", omittingEmptySubsequences: false)
        let whole = parts[0].first == "-" ? parts[0].dropFirst() : parts[0]
        guard parts.count <= 2, isNumber(whole), whole == "0" || whole.first != "0",
            parts.dropFirst().allSatisfy(isNumber)
        else { throw Invalid() }
        position += run.count
    }
}

// What the paths find, straight from their definition: every path is followed on its own.
extension JSONReference {
    static func find(_ paths: [FieldPath], in root: Node) throws -> JSONTestScan {
        var found: [JSONTestScan.Found] = []
        try follow(root, active: Array(paths.indices), depth: 0, paths: paths, way: "", found: &found)
        return JSONTestScan(found: found)
    }

    private static func follow(
        _ node: Node, active: [Int], depth: Int, paths: [FieldPath], way: String, found: inout [JSONTestScan.Found]
    ) throws {
        if case .null = node.value { return }
        if let rule = active.first(where: { paths[$0].segments.count == depth }) {
            found.append(.init(rule: rule, path: way, token: node.token))
            return
        }
        guard !active.isEmpty else { return }
        let misfits = active.filter { !fits(paths[$0].segments[depth], node.value) }
        guard misfits.isEmpty else { throw Mismatch(offset: node.token.lowerBound, rules: Set(misfits)) }

        switch node.value {
        case .object(let members):
            for (key, value) in members {
                let next = active.filter { [.key(key), .anyValue].contains(paths[$0].segments[depth]) }
                let spelled = (way.isEmpty ? "" : way + ".") + spelling(key)
                try follow(value, active: next, depth: depth + 1, paths: paths, way: spelled, found: &found)
            }
        case .list(let elements):
            for (index, element) in elements.enumerated() {
                let next = active.filter { [.index(index), .anyElement].contains(paths[$0].segments[depth]) }
                let spelled = "\(way)[\(index)]"
                try follow(element, active: next, depth: depth + 1, paths: paths, way: spelled, found: &found)
            }
        case .null, .scalar: break
        }
    }

    private static func fits(_ segment: FieldPath.Segment, _ value: Value) -> Bool {
        switch (segment, value) {
        case (.key, .object), (.anyValue, .object), (.index, .list), (.anyElement, .list): true
        default: false
        }
    }

    private static func spelling(_ key: [UInt8]) -> String {
        let text = String(decoding: key, as: UTF8.self)
        if text.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_-]*/.matchingSemantics(.unicodeScalar)) != nil { return text }
        let escapes: [Unicode.Scalar: String] = [
            "\"": "\\\"", "\\": "\\\\", "\u{8}": "\\b", "\u{C}": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t",
        ]
        let escaped = text.unicodeScalars.map { scalar -> String in
            if let escape = escapes[scalar] { return escape }
            guard scalar.value < 0x20 else { return String(scalar) }
            let digits = String(scalar.value, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
        return "\"" + escaped.joined() + "\""
    }
}
