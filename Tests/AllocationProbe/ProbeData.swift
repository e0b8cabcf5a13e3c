/// Seeded records of many shapes: a field may be absent, null, doubled, long, or written with escapes.
struct ProbeData {
    static let paths = ["ssn", "address.street", "banks[*].iban", "labels.*", "scores[1]"]
    static let schema = """
        {"type":"record","name":"Customer","fields":[
          {"name":"ssn","type":["null","string"]},
          {"name":"address","type":{"type":"record","name":"Address","fields":[{"name":"street","type":"string"}]}},
          {"name":"banks","type":{"type":"array","items":{"type":"record","name":"Bank","fields":[
            {"name":"iban","type":["null","string","long"]}]}}},
          {"name":"labels","type":{"type":"map","values":"double"}},
          {"name":"scores","type":{"type":"array","items":"int"}}]}
        """

    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    /// A number below `bound` (SplitMix64).
    mutating func next(_ bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
    }

    private mutating func text(_ limit: Int) -> String {
        String(repeating: "x", count: next(limit)) + ["", "ü", "Ω"][next(3)]
    }

    mutating func json() -> ProbeRecords.Parts {
        let escapes = ["", #"\n"#, #"\ud83d\ude00"#, #"\u00e9"#]
        var members: [String] = []
        if next(5) > 0 { members.append(#""ssn":\#(["null", "7", #""\#(text(40))\#(escapes[next(4)])""#][next(3)])"#) }
        if next(5) == 0 { members.append(#""ssn" : {"a":[1,2,"\#(text(9))"]}"#) }
        members.append(#""address":{"street":"\#(text(200))","zip":\#(next(99_999))}"#)
        let banks = (0..<next(6)).map { #"{"n":\#($0),"iban":"\#(text(30))"}"# }
        members.append(#""banks":[\#(banks.joined(separator: ","))]"#)
        let labels = (0..<next(4)).map { #""k\#(escapes[next(4)])\#($0)":"\#(text(20))""# }
        members.append(#""labels":{\#(labels.joined(separator: ","))}"#)
        members.append(#""scores":[\#((0..<next(4)).map(String.init).joined(separator: ","))]"#)
        return parts(Array("{\(members.joined(separator: ", "))}".utf8))
    }

    mutating func avro() -> ProbeRecords.Parts {
        var value: [UInt8] = []
        if next(3) == 0 { value.append(0) } else { value += [2] + string(text(40)) }
        value += string(text(200))
        for _ in 0..<next(3) {
            let count = 1 + next(3)
            var items: [UInt8] = []
            for _ in 0..<count {
                switch next(3) {
                case 0: items.append(0)
                case 1: items += [2] + string(text(30))
                default: items += [4] + long(next(1 << 40))
                }
            }
            value += next(2) == 0 ? long(count) + items : long(-count) + long(items.count) + items
        }
        value.append(0)
        let labels = next(4)
        if labels > 0 {
            value += long(labels)
            for index in 0..<labels { value += string("k\(index)") + [0, 0, 0, 0, 0, 0, 0xF0, 0x3F] }
        }
        value.append(0)
        let scores = 2 + next(3)
        value += long(scores)
        for _ in 0..<scores { value += long(next(1000)) }
        return parts(value + [0])
    }

    private mutating func parts(_ value: [UInt8]) -> ProbeRecords.Parts {
        let tenant = Array(["acme", "globex"][next(2)].utf8)
        let headers: [(name: [UInt8], value: [UInt8]?)] = [
            (Array("tenant".utf8), tenant), (Array("h".utf8), nil), (Array("h".utf8), []),
        ]
        return ProbeRecords.Parts(
            key: next(4) == 0 ? nil : Array("\(next(1_000_000))".utf8), value: next(20) == 0 ? nil : value,
            headers: headers)
    }

    private func long(_ value: Int) -> [UInt8] {
        var rest = UInt64(bitPattern: Int64((value << 1) ^ (value >> 63)))
        var bytes: [UInt8] = []
        while rest > 0x7F {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    private func string(_ text: String) -> [UInt8] { long(text.utf8.count) + Array(text.utf8) }
}
