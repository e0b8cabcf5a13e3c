import Records

/// Random JSON texts and random paths into them, spelled in many ways.
struct JSONTestDocument {
    var random: JSONTestRandom

    private static let keys = [
        "a", "b", "c", "ssn", "abcdefgh", "abcdefghi", "abcdefghj", "a longer key", "é", "x.y", "", "q\"", "\\",
        "\u{1}\n",
        "日本", "😀", "0", "_-9",
    ]

    init(seed: UInt64) {
        random = JSONTestRandom(seed: seed)
    }

    mutating func text() -> [UInt8] {
        Array((space() + value(depth: 0) + space()).utf8)
    }

    /// Paths of which none overlaps another: most lead somewhere in `node`, some anywhere.
    mutating func paths(in node: JSONReference.Node) -> [FieldPath] {
        var paths: [FieldPath] = []
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            var segments = random.chance(95) ? way(into: node) : []
            if segments.isEmpty { segments = (0..<Int.random(in: 1...3, using: &random)).map { _ in segment() } }
            let path = FieldPath(segments: segments)
            if paths.allSatisfy({ !$0.overlaps(path) }) { paths.append(path) }
        }
        return paths
    }

    private mutating func way(into node: JSONReference.Node) -> [FieldPath.Segment] {
        switch node.value {
        case .object(let members):
            guard let member = members.randomElement(using: &random) else { return [] }
            let step: FieldPath.Segment = random.chance(15) ? .anyValue : .key(member.key)
            return random.chance(25) ? [step] : [step] + way(into: member.value)
        case .list(let elements):
            guard let index = elements.indices.randomElement(using: &random) else { return [] }
            let step: FieldPath.Segment = random.chance(25) ? .anyElement : .index(index)
            return random.chance(25) ? [step] : [step] + way(into: elements[index])
        case .null, .scalar: return []
        }
    }

    /// The text with a few bytes changed, taken out, put in or doubled.
    mutating func mutated(_ text: [UInt8]) -> [UInt8] {
        var text = text
        let telling: [UInt8] = Array("\"\\{}[],:.-+eE0u \t\n\u{0}é".utf8) + [0x80, 0xC0, 0xED, 0xA0, 0xF4, 0xFF]
        for _ in 0..<Int.random(in: 1...3, using: &random) where !text.isEmpty {
            let index = Int.random(in: 0..<text.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: text[index] = UInt8.random(in: 0...255, using: &random)
            case 1: text[index] = telling.randomElement(using: &random)!
            case 2: text.insert(telling.randomElement(using: &random)!, at: index)
            case 3: text.remove(at: index)
            default:
                let end = Int.random(in: index...min(index + 8, text.count), using: &random)
                text.insert(contentsOf: text[index..<end], at: Int.random(in: 0...text.count, using: &random))
            }
        }
        return text
    }

    private mutating func segment() -> FieldPath.Segment {
        switch Int.random(in: 0..<10, using: &random) {
        case 0: .anyValue
        case 1: .anyElement
        case 2: .index(Int.random(in: 0...3, using: &random))
        default: .key(Array(key().utf8))
        }
    }

    private mutating func key() -> String {
        random.chance(70) ? ["a", "b", "c"].randomElement(using: &random)! : Self.keys.randomElement(using: &random)!
    }

    private mutating func space() -> String {
        guard random.chance(20) else { return "" }
        let count = random.chance(20) ? 20 : 3
        return (0..<Int.random(in: 1...count, using: &random)).map { _ in
            [" ", " ", " ", "\t", "\n", "\r"].randomElement(using: &random)!
        }.joined()
    }

    private mutating func value(depth: Int) -> String {
        let kinds = depth == 0 ? 5..<12 : depth < 5 ? 0..<12 : 0..<6
        switch Int.random(in: kinds, using: &random) {
        case 0: return "null"
        case 1: return ["true", "false"].randomElement(using: &random)!
        case 2: return number()
        case 3...5: return string(content())
        case 6...9:
            let members = (0..<Int.random(in: 0...5, using: &random)).map { _ in
                space() + string(key()) + space() + ":" + space() + value(depth: depth + 1) + space()
            }
            return "{" + members.joined(separator: ",") + (members.isEmpty ? space() : "") + "}"
        default:
            let elements = (0..<Int.random(in: 0...5, using: &random)).map { _ in
                space() + value(depth: depth + 1) + space()
            }
            return "[" + elements.joined(separator: ",") + (elements.isEmpty ? space() : "") + "]"
        }
    }

    private mutating func number() -> String {
        func digits(_ count: ClosedRange<Int>) -> String {
            String((0..<Int.random(in: count, using: &random)).map { _ in "0123456789".randomElement(using: &random)! })
        }
        var text = random.chance(30) ? "-" : ""
        text += random.chance(20) ? "0" : "\(Int.random(in: 1...9, using: &random))" + digits(0...20)
        if random.chance(30) { text += "." + digits(1...20) }
        if random.chance(20) {
            text +=
                ["e", "E"].randomElement(using: &random)! + ["", "+", "-"].randomElement(using: &random)!
                + digits(1...9)
        }
        return text
    }

    private mutating func content() -> String {
        let pieces = [
            "x", "plain ", "é", "ß", "日本語", "😀", "\"", "\\", "/", "\u{8}", "\n", "\t", "\u{1F}", "\u{7F}", "\u{0}",
        ]
        return (0..<Int.random(in: 0...12, using: &random)).map { _ in
            random.chance(50) ? "abc" : pieces.randomElement(using: &random)!
        }.joined()
    }

    /// `content` as a string token, each character raw where it may be, or escaped in one of the ways it may be.
    private mutating func string(_ content: String) -> String {
        "\"" + content.unicodeScalars.map { spelled($0) }.joined() + "\""
    }

    private mutating func spelled(_ scalar: Unicode.Scalar) -> String {
        let short: [Unicode.Scalar: String] = [
            "\"": "\\\"", "\\": "\\\\", "/": "\\/", "\u{8}": "\\b", "\u{C}": "\\f", "\n": "\\n", "\r": "\\r",
            "\t": "\\t",
        ]
        let mustEscape = scalar.value < 0x20 || scalar == "\"" || scalar == "\\"
        guard mustEscape || random.chance(8) else { return String(scalar) }
        if let escape = short[scalar], random.chance(50) { return escape }
        return String(scalar).utf16.map { unit in
            let digits = String(unit, radix: 16, uppercase: random.chance(50))
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }.joined()
    }
}
