import Records

/// Makes random schemas, data and rules, with every oddity that Avro's binary encoding allows.
///
/// It knows what a scan must find from its own model and from whole paths alone, so it judges plans and scanner.
package struct AvroCaseGenerator {
    private var random: AvroRandom
    private var types: [AvroCaseType] = []
    private var openRecords: [Int] = []
    private var paths: [FieldPath] = []
    private var expected: [AvroCase.Expected] = []
    private var bytes: [UInt8] = []
    private var budget = 0
    private let usesNamespaces: Bool
    private let isCanonical: Bool

    private static let keys: [String] = ["", "a", "b", "a.b", "ключ", "x\"y\\", "1", "tab\t", "[0]", "*"]

    /// Makes the case of a seed; `isCanonical` leaves out what two writers may encode in two ways.
    package static func make(seed: UInt64, isCanonical: Bool = false) -> AvroCase {
        var generator = AvroCaseGenerator(random: AvroRandom(seed: seed), isCanonical: isCanonical)
        let root = generator.type(depth: 0, guarded: false)
        var written: Set<Int> = []
        let schema = generator.text(root, namespace: "", written: &written)
        generator.choosePaths(root)
        generator.budget = 120
        generator.write(root, path: [], depth: 0)
        return AvroCase(
            schema: schema, paths: generator.paths, payload: generator.bytes, expected: generator.expected)
    }

    private init(random: AvroRandom, isCanonical: Bool) {
        self.random = random
        self.isCanonical = isCanonical
        usesNamespaces = self.random.oneIn(2)
    }

    private mutating func below(_ count: Int) -> Int {
        Int(random.next() % UInt64(count))
    }
}

/// Schemas.
extension AvroCaseGenerator {
    private mutating func add(_ type: AvroCaseType) -> Int {
        types.append(type)
        return types.count - 1
    }

    /// A type; `guarded` where a value may end before it meets this type, so that it may be a record that is under way.
    private mutating func type(depth: Int, guarded: Bool) -> Int {
        if guarded, !openRecords.isEmpty, random.oneIn(3) { return openRecords[below(openRecords.count)] }
        if random.oneIn(8), let named = finishedNamed() { return named }
        guard depth < 6 else { return scalar() }
        switch depth == 0 ? 10 + below(6) : below(20) {
        case 0..<10: return scalar()
        case 10..<14: return record(depth: depth)
        case 14:
            let items = type(depth: depth + 1, guarded: true)
            return add(AvroCaseType(kind: .array(items)))
        case 15:
            let values = type(depth: depth + 1, guarded: true)
            return add(AvroCaseType(kind: .map(values)))
        case 16:
            let items = type(depth: depth + 1, guarded: true)
            return add(AvroCaseType(kind: .array(items)))
        default: return union(depth: depth)
        }
    }

    private mutating func finishedNamed() -> Int? {
        let named = types.indices.filter { !types[$0].name.isEmpty && !openRecords.contains($0) }
        return named.isEmpty ? nil : named[below(named.count)]
    }

    private mutating func scalar() -> Int {
        let plain = { (kind: AvroCaseType.Kind) in AvroCaseType(kind: kind) }
        switch below(16) {
        case 0: return add(plain(.null))
        case 1: return add(plain(.boolean))
        case 2: return add(withLogical(.int, ["", "", "date", "time-millis", "nonsense"]))
        case 3:
            return add(
                withLogical(.long, ["", "", "time-micros", "timestamp-millis", "timestamp-micros", "date"]))
        case 4: return add(plain(.float))
        case 5: return add(plain(.double))
        case 6, 7: return add(withLogical(.bytes, ["", "", "decimal"]))
        case 8: return fixed()
        case 9: return add(named(AvroCaseType(kind: .enumeration(1 + below(5)))))
        case 10: return add(withLogical(.string, ["uuid"]))
        default: return add(plain(.string))
        }
    }

    private mutating func withLogical(_ kind: AvroCaseType.Kind, _ names: [String]) -> AvroCaseType {
        let logical = names[below(names.count)]
        var type = AvroCaseType(kind: kind, logical: logical)
        switch logical {
        case "": break
        case "decimal": type.attributes = #","logicalType":"decimal","precision":20,"scale":3"#
        default: type.attributes = #","logicalType":"\#(logical)""#
        }
        if logical == "nonsense" || logical == "date" && type.displayName == "long" { type.logical = "" }
        return type
    }

    private mutating func fixed() -> Int {
        switch below(4) {
        case 0:
            return add(
                named(AvroCaseType(kind: .fixed(12), attributes: #","logicalType":"duration""#, logical: "duration")))
        case 1:
            let attributes = #","logicalType":"decimal","precision":16"#
            return add(named(AvroCaseType(kind: .fixed(8), attributes: attributes, logical: "decimal")))
        default: return add(named(AvroCaseType(kind: .fixed(below(6)))))
        }
    }

    private mutating func named(_ type: AvroCaseType) -> AvroCaseType {
        var type = type
        type.name = "N\(types.count)"
        // A name without a namespace can't be spelled inside one.
        type.namespace = usesNamespaces ? ["shop", "shop.eu"][below(2)] : ""
        return type
    }

    private mutating func record(depth: Int) -> Int {
        let index = add(named(AvroCaseType(kind: .record([]))))
        openRecords.append(index)
        var fields: [(String, Int)] = []
        for number in 0..<(random.oneIn(12) ? 0 : 1 + below(6)) {
            fields.append(
                (["f\(number)", "a_\(number)", "_\(number)"][below(3)], type(depth: depth + 1, guarded: false)))
        }
        openRecords.removeLast()
        types[index].kind = .record(fields)
        return index
    }

    private mutating func union(depth: Int) -> Int {
        // One branch ends a value at once, so that recursion may go through any other.
        var branches = [random.oneIn(4) ? scalar() : add(AvroCaseType(kind: .null))]
        for _ in 0..<[0, 1, 1, 1, 2, 3][below(6)] {
            let branch = type(depth: depth + 1, guarded: true)
            if case .union = types[branch].kind { continue }
            if branches.contains(where: { types[$0].displayName == types[branch].displayName }) { continue }
            branches.insert(branch, at: below(branches.count + 1))
        }
        return add(AvroCaseType(kind: .union(branches)))
    }

    private mutating func text(_ index: Int, namespace: String, written: inout Set<Int>) -> String {
        let type = types[index]
        if !type.name.isEmpty, !written.insert(index).inserted { return "\"\(reference(type, namespace))\"" }
        let head = #""name":"\#(type.name)","namespace":"\#(type.namespace)"\#(type.attributes)"#
        switch type.kind {
        case .fixed(let size): return #"{"type":"fixed",\#(head),"size":\#(size)}"#
        case .enumeration(let count):
            return #"{"type":"enum",\#(head),"symbols":[\#((0..<count).map { "\"S\($0)\"" }.joined(separator: ","))]}"#
        case .array(let items):
            return #"{"type":"array","items":\#(text(items, namespace: namespace, written: &written))}"#
        case .map(let values):
            return #"{"type":"map","values":\#(text(values, namespace: namespace, written: &written))}"#
        case .union(let branches):
            return "[\(branches.map { text($0, namespace: namespace, written: &written) }.joined(separator: ","))]"
        case .record(let fields):
            let members = fields.map {
                #"{"name":"\#($0.name)","type":\#(text($0.type, namespace: type.namespace, written: &written))}"#
            }
            return #"{"type":"record",\#(head),"doc":"é\n","fields":[\#(members.joined(separator: ","))]}"#
        default:
            if type.attributes.isEmpty && random.oneIn(2) { return "\"\(type.displayName)\"" }
            return #"{"type":"\#(type.displayName)"\#(type.attributes)}"#
        }
    }

    private func reference(_ type: AvroCaseType, _ namespace: String) -> String {
        type.namespace == namespace ? type.name : type.fullName
    }
}

/// Rules.
extension AvroCaseGenerator {
    private mutating func choosePaths(_ root: Int) {
        for _ in 0..<(1 + below(5)) {
            var segments: [FieldPath.Segment] = []
            guard walk(root, &segments), !segments.isEmpty else { continue }
            let path = FieldPath(segments: segments)
            if !paths.contains(where: { $0.overlaps(path) }) { paths.append(path) }
        }
    }

    /// Goes a random way down; false where it ends at a null or nowhere.
    private mutating func walk(_ index: Int, _ segments: inout [FieldPath.Segment]) -> Bool {
        if segments.count > 10 { return false }
        if case .union(let branches) = types[index].kind { return walk(branches[below(branches.count)], &segments) }
        if !segments.isEmpty, random.oneIn(6) { return !types[index].isNull }
        switch types[index].kind {
        case .record(let fields):
            guard !fields.isEmpty else { return !segments.isEmpty }
            let field = fields[below(fields.count)]
            segments.append(random.oneIn(10) ? .anyValue : .key(Array(field.name.utf8)))
            return walk(field.type, &segments)
        case .array(let items):
            segments.append(random.oneIn(3) ? .index(below(4)) : .anyElement)
            return walk(items, &segments)
        case .map(let values):
            segments.append(random.oneIn(3) ? .key(Array(Self.keys[below(Self.keys.count)].utf8)) : .anyValue)
            return walk(values, &segments)
        default: return !types[index].isNull
        }
    }

    private static func fits(_ rule: ArraySlice<FieldPath.Segment>, _ path: [FieldPath.Segment]) -> Bool {
        rule.count == path.count
            && zip(rule, path).allSatisfy { pattern, segment in
                switch (pattern, segment) {
                case (.anyElement, .index), (.anyValue, .key): true
                default: pattern == segment
                }
            }
    }

    private func rule(at path: [FieldPath.Segment]) -> Int? {
        path.isEmpty ? nil : paths.firstIndex { Self.fits($0.segments[...], path) }
    }

    private func isOnTheWay(_ path: [FieldPath.Segment]) -> Bool {
        paths.contains { $0.segments.count > path.count && Self.fits($0.segments.prefix(path.count), path) }
    }
}

/// Data.
extension AvroCaseGenerator {
    private mutating func write(_ index: Int, path: [FieldPath.Segment], depth: Int) {
        budget -= 1
        let type = types[index]
        if case .union(let branches) = type.kind { return writeUnion(branches, path: path, depth: depth) }
        guard !type.isNull, let rule = rule(at: path) else { return writeContent(index, path: path, depth: depth) }
        let isInline = type.displayName == "string" && type.logical.isEmpty && type.name.isEmpty
        let place = expected.count
        expected.append(
            AvroCase.Expected(
                rule: rule, path: FieldPath(segments: path).description, typeName: type.displayName,
                placement: isInline ? .inline : .header, content: []))
        if isInline || type.displayName == "string" {
            let text = Array((type.logical == "uuid" ? uuid() : string()).utf8)
            number(text.count, overlong: false)
            bytes += text
            expected[place].content = text
        } else {
            let start = bytes.count
            writeContent(index, path: path, depth: depth)
            expected[place].content = Array(bytes[start...])
        }
    }

    private mutating func writeUnion(_ branches: [Int], path: [FieldPath.Segment], depth: Int) {
        var branch = below(branches.count)
        if depth > 12 || budget < 0 { branch = branches.firstIndex { isFlat($0) } ?? branch }
        number(branch, digits: 5)
        write(branches[branch], path: path, depth: depth)
    }

    private func isFlat(_ index: Int) -> Bool {
        switch types[index].kind {
        case .record, .array, .map, .union: false
        default: true
        }
    }

    private mutating func writeContent(_ index: Int, path: [FieldPath.Segment], depth: Int) {
        let type = types[index]
        switch type.kind {
        case .record(let fields):
            for field in fields {
                write(field.type, path: path + [.key(Array(field.name.utf8))], depth: depth + 1)
            }
        case .array(let items):
            var position = 0
            writeBlocks(depth: depth) { generator in
                generator.write(items, path: path + [.index(position)], depth: depth + 1)
                position += 1
            }
        case .map(let values):
            var free = Self.keys
            let mayRepeat = !isOnTheWay(path)
            writeBlocks(depth: depth) { generator in
                let place = generator.below(free.count)
                let key = free[place]
                if !mayRepeat || generator.random.oneIn(2) { free.remove(at: place) }
                generator.number(key.utf8.count)
                generator.bytes += Array(key.utf8)
                generator.write(values, path: path + [.key(Array(key.utf8))], depth: depth + 1)
            }
        default: writeScalar(type)
        }
    }

    /// At most seven elements, so that a map never runs out of keys.
    private mutating func writeBlocks(depth: Int, element: (inout AvroCaseGenerator) -> Void) {
        var left = depth > 12 || budget < 0 ? 0 : below(8)
        while left > 0 {
            let count = isCanonical ? left : 1 + below(left)
            left -= count
            let isSized = !isCanonical && random.oneIn(2)
            number(isSized ? -count : count)
            let (before, found) = (bytes, expected.count)
            bytes = []
            for _ in 0..<count { element(&self) }
            let content = bytes
            bytes = before
            if isSized { number(content.count, overlong: expected.count == found && random.oneIn(4)) }
            bytes += content
        }
        number(0)
    }

    private mutating func writeScalar(_ type: AvroCaseType) {
        switch type.kind {
        case .boolean: bytes.append(UInt8(below(2)))
        case .int: number(type.logical.isEmpty ? Int(anyNumber(bits: 32)) : below(86_400_000) % 2_900_000, digits: 5)
        case .long:
            number(type.logical.isEmpty ? Int(anyNumber(bits: 64)) : below(86_400_000_000))
        case .float: float()
        case .double: double()
        case .bytes:
            let count = 1 + below(type.logical.isEmpty ? 40 : 6)
            number(count)
            fill(count)
        case .fixed(let size): fill(size)
        case .enumeration(let count): number(below(count), digits: 5)
        case .string:
            let text = Array((type.logical == "uuid" ? uuid() : string()).utf8)
            number(text.count)
            bytes += text
        default: break
        }
    }

    private mutating func anyNumber(bits: Int64) -> Int64 {
        let number = Int64(bitPattern: random.next()) >> (64 - bits)
        return random.oneIn(2) ? number : number >> Int64(below(Int(bits)))
    }

    private mutating func float() {
        let odd: [Float] = [0, -0.0, 1, -1.5, 0.1, .nan, .infinity, -.infinity, 16_777_216, .leastNonzeroMagnitude]
        let any = Float(bitPattern: UInt32(truncatingIfNeeded: random.next()))
        let number = random.oneIn(3) ? odd[below(odd.count)] : any.isNaN && isCanonical ? .nan : any
        withUnsafeBytes(of: number.bitPattern.littleEndian) { bytes += $0 }
    }

    private mutating func double() {
        let odd: [Double] = [0, -0.0, 1, -1.5, 0.1, .nan, .infinity, -.infinity, 1e16, .leastNonzeroMagnitude]
        let any = Double(bitPattern: random.next())
        let number = random.oneIn(3) ? odd[below(odd.count)] : any.isNaN && isCanonical ? .nan : any
        withUnsafeBytes(of: number.bitPattern.littleEndian) { bytes += $0 }
    }

    private mutating func fill(_ count: Int) {
        for _ in 0..<count { bytes.append(UInt8(truncatingIfNeeded: random.next())) }
    }

    private mutating func string() -> String {
        (0..<below(random.oneIn(8) ? 150 : 12)).map { _ in ["a", "Z", "7", " ", "é", "漢", "😀", "\u{0}"][below(8)] }
            .joined()
    }

    private mutating func uuid() -> String {
        let digits = (0..<32).map { _ in String(below(16), radix: 16) }.joined()
        return [(0, 8), (8, 4), (12, 4), (16, 4), (20, 12)].map { String(digits.dropFirst($0.0).prefix($0.1)) }
            .joined(separator: "-")
    }

    /// Writes a number, one in ten with more bytes than it needs, of at most `digits`.
    private mutating func number(_ value: Int, digits: Int = 10) {
        number(value, overlong: random.oneIn(10), digits: digits)
    }

    private mutating func number(_ value: Int, overlong: Bool, digits: Int = 10) {
        var spelled = Self.varint(value)
        while overlong, !isCanonical, spelled.count < digits {
            spelled[spelled.count - 1] |= 0x80
            spelled.append(0)
            if random.oneIn(2) { break }
        }
        bytes += spelled
    }

    private static func varint(_ value: Int) -> [UInt8] {
        var rest = UInt64(bitPattern: Int64(value << 1 ^ value >> 63))
        var bytes: [UInt8] = []
        while rest > 0x7F {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
}
