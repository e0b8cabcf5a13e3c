import AvroCases

/// Makes the wire format of records of a schema: as a serializer would, or in every other way that a parser accepts.
package struct ProtobufRecordGenerator {
    private typealias Wire = ProtobufWire

    let model: ProtobufModel
    /// Whether only one encoding of the record is used, that of the serializers.
    let isCanonical: Bool
    var random: AvroRandom

    package init(model: ProtobufModel, isCanonical: Bool, random: AvroRandom) {
        self.model = model
        self.isCanonical = isCanonical
        self.random = random
    }

    package mutating func record() -> [UInt8] { message(0, depth: 0) }

    private mutating func message(_ index: Int, depth: Int) -> [UInt8] {
        var oneofs: [Int: Int] = [:]
        var pieces: [(number: Int, bytes: [UInt8])] = []
        for field in model.messages[index].fields {
            if field.label != .required, random.oneIn(4) { continue }
            if case .oneof(let number) = field.label {
                // One of a oneof on the wire, but for the parsers that must make sense of more.
                if isCanonical, oneofs[number] != nil { continue }
                oneofs[number] = field.number
            }
            for bytes in encodings(of: field, depth: depth) { pieces.append((field.number, bytes)) }
        }
        if isCanonical {
            let sorted = pieces.enumerated().sorted { ($0.element.number, $0.offset) < ($1.element.number, $1.offset) }
            return sorted.flatMap(\.element.bytes)
        }
        if random.oneIn(3) { pieces.append((0, unknown())) }
        if random.oneIn(4), let again = pieces.randomElement(using: &random) { pieces.append(again) }
        if random.oneIn(3) { pieces.shuffle(using: &random) }
        return pieces.flatMap(\.bytes)
    }

    /// A field that no schema here has.
    private mutating func unknown() -> [UInt8] {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: Wire.tag(50_000, 0) + Wire.varint(random.next())
        case 1: Wire.tag(50_001, 1) + Wire.fixed(random.next())
        case 2: Wire.delimited(50_002, Array("not in the schema".utf8))
        default: Wire.tag(50_003, 3) + Wire.tag(1, 5) + Wire.fixed(UInt32(7)) + Wire.tag(50_003, 4)
        }
    }

    private mutating func padding() -> Int { !isCanonical && random.oneIn(8) ? 1 : 0 }

    private mutating func encodings(of field: ProtobufModel.Field, depth: Int) -> [[UInt8]] {
        if case .map(let key, let value) = field.kind { return entries(field, key: key, value: value, depth: depth) }
        guard case .repeated(var isPacked) = field.label else {
            guard let content = value(field.kind, depth: depth) else { return [] }
            // What is zero is absent where presence is not tracked.
            if isCanonical, field.label == .implicit, content.allSatisfy({ $0 == 0 }) { return [] }
            return [single(field, content)]
        }
        let isPackable = wireType(field.kind) != 2 && wireType(field.kind) != 3
        if !isCanonical, isPackable, random.oneIn(3) { isPacked.toggle() }
        let contents = (0..<Int.random(in: 0...4, using: &random)).compactMap { _ in value(field.kind, depth: depth) }
        guard isPacked else { return contents.map { single(field, $0) } }
        if contents.isEmpty { return [] }
        return [Wire.delimited(field.number, contents.flatMap { $0 }, padding: padding())]
    }

    private mutating func single(_ field: ProtobufModel.Field, _ content: [UInt8]) -> [UInt8] {
        let type = wireType(field.kind)
        let tag = Wire.tag(field.number, type, padding: padding())
        if type == 3 { return tag + content + Wire.tag(field.number, 4) }
        return type == 2 ? tag + Wire.varint(UInt64(content.count), padding: padding()) + content : tag + content
    }

    private mutating func entries(
        _ field: ProtobufModel.Field, key: String, value kind: ProtobufModel.Kind, depth: Int
    ) -> [[UInt8]] {
        var seen: Set<[UInt8]> = []
        var entries: [[UInt8]] = []
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            let key = scalar(key)
            guard let content = value(kind, depth: depth), isCanonical ? seen.insert(key.minimal).inserted : true
            else { continue }
            let keyField = wire(1, key.type, key.bytes)
            let valueField = wire(2, wireType(kind), content)
            var entry = keyField + valueField
            if !isCanonical, random.oneIn(5) {
                entry = [valueField + keyField, keyField, valueField].randomElement(using: &random)!
            }
            entries.append(Wire.delimited(field.number, entry))
        }
        return entries
    }

    private func wire(_ number: Int, _ type: Int, _ content: [UInt8]) -> [UInt8] {
        type == 2 ? Wire.delimited(number, content) : Wire.tag(number, type) + content
    }

    private func wireType(_ kind: ProtobufModel.Kind) -> Int {
        switch kind {
        case .scalar("double"), .scalar("fixed64"), .scalar("sfixed64"): 1
        case .scalar("float"), .scalar("fixed32"), .scalar("sfixed32"): 5
        case .scalar("string"), .scalar("bytes"), .message, .map, .known: 2
        case .scalar, .enumeration: 0
        case .group: 3
        }
    }

    /// A value without tag and length; nil where the record is deep enough.
    private mutating func value(_ kind: ProtobufModel.Kind, depth: Int) -> [UInt8]? {
        switch kind {
        case .scalar(let name): return scalar(name).bytes
        case .enumeration: return enumeration()
        case .message(let index), .group(let index): return depth < 4 ? message(index, depth: depth + 1) : nil
        case .known(let name): return depth < 4 ? known(name, depth: depth + 1) : nil
        case .map: return nil
        }
    }

    private mutating func enumeration() -> [UInt8] {
        var number = model.enumValues.randomElement(using: &random)!.number
        // An open enum keeps a number that it has no name for; a closed one makes an unknown field of it.
        if random.oneIn(6), !model.isProto2 || !isCanonical { number = 1234 }
        return Wire.varint(UInt64(bitPattern: Int64(number)), padding: number >= 0 ? padding() : 0)
    }

    private mutating func scalar(_ name: String) -> (bytes: [UInt8], minimal: [UInt8], type: Int) {
        let type = wireType(.scalar(name))
        let wide = random.oneIn(3) ? random.next() : UInt64.random(in: 0...300, using: &random)
        let signed = random.oneIn(2) ? Int64(bitPattern: wide) : 0 &- Int64(bitPattern: wide)
        var minimal: [UInt8]
        switch name {
        case "double": minimal = double()
        case "float": minimal = float()
        case "fixed32", "sfixed32": minimal = Wire.fixed(UInt32(truncatingIfNeeded: wide))
        case "fixed64", "sfixed64": minimal = Wire.fixed(wide)
        case "bool": minimal = [UInt8(wide & 1)]
        case "string": minimal = text()
        case "bytes":
            minimal = (0..<Int.random(in: 0...9, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        case "uint32": minimal = Wire.varint(wide & 0xFFFF_FFFF)
        case "uint64": minimal = Wire.varint(wide)
        case "int32": minimal = Wire.varint(UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: signed))))
        case "sint32":
            minimal = Wire.varint(Wire.zigzag(Int64(Int32(truncatingIfNeeded: signed))) & 0xFFFF_FFFF)
        case "sint64": minimal = Wire.varint(Wire.zigzag(signed))
        default: minimal = Wire.varint(UInt64(bitPattern: signed))
        }
        guard type == 0, minimal.count < 5, padding() > 0 else { return (minimal, minimal, type) }
        minimal[minimal.count - 1] |= 0x80
        return (minimal + [0], minimal, type)
    }

    private mutating func double() -> [UInt8] {
        let special: [Double] = [
            0, -0.0, 1, -1.5, .infinity, -.infinity, .greatestFiniteMagnitude, .leastNonzeroMagnitude, 1e22,
        ]
        if random.oneIn(3) { return Wire.fixed(special.randomElement(using: &random)!.bitPattern) }
        let bits = random.next()
        guard Double(bitPattern: bits).isNaN || random.oneIn(20) else { return Wire.fixed(bits) }
        return Wire.fixed(isCanonical ? 0x7FF8_0000_0000_0000 : bits | 0x7FF0_0000_0000_0001)
    }

    private mutating func float() -> [UInt8] {
        let special: [Float] = [
            0, -0.0, 1, -1.5, .infinity, -.infinity, .greatestFiniteMagnitude, .leastNonzeroMagnitude, 0.1,
        ]
        if random.oneIn(3) { return Wire.fixed(special.randomElement(using: &random)!.bitPattern) }
        let bits = UInt32(truncatingIfNeeded: random.next())
        guard Float(bitPattern: bits).isNaN || random.oneIn(20) else { return Wire.fixed(bits) }
        return Wire.fixed(isCanonical ? 0x7FC0_0000 : bits | 0x7F80_0001)
    }

    private mutating func text() -> [UInt8] {
        let parts = [
            "", "a", "Zoë", "\"", "\\", "\n", "\u{0}", "\u{1f}", "\u{7f}", "\u{2028}", "😀", "</script>", "long text ",
        ]
        return (0..<Int.random(in: 0...4, using: &random)).flatMap { _ in
            Array(parts.randomElement(using: &random)!.utf8)
        }
    }
}

/// The messages of google/protobuf.
extension ProtobufRecordGenerator {
    private mutating func known(_ name: String, depth: Int) -> [UInt8] {
        switch name {
        case "Timestamp":
            return time(Int64.random(in: -62_135_596_800...253_402_300_799, using: &random), nanos())
        case "Duration":
            let seconds = Int64.random(in: -315_576_000_000...315_576_000_000, using: &random)
            return time(random.oneIn(3) ? 0 : seconds, seconds < 0 ? -nanos() : nanos())
        case "FieldMask":
            return ["a", "some_field.inner", "x1"].shuffled(using: &random).prefix(
                Int.random(in: 0...3, using: &random)
            )
            .flatMap { ProtobufWire.delimited(1, Array($0.utf8)) }
        case "Struct": return structure(depth)
        case "Value": return dynamic(depth)
        case "ListValue": return list(depth)
        case "Any": return any(depth)
        case "Empty": return []
        default: return wrapper(name)
        }
    }

    private mutating func nanos() -> Int32 {
        [0, 1, 500_000_000, 120_000, 999_999_999].randomElement(using: &random)!
    }

    private func time(_ seconds: Int64, _ nanos: Int32) -> [UInt8] {
        (seconds == 0 ? [] : ProtobufWire.tag(1, 0) + ProtobufWire.varint(UInt64(bitPattern: seconds)))
            + (nanos == 0 ? [] : ProtobufWire.tag(2, 0) + ProtobufWire.varint(UInt64(bitPattern: Int64(nanos))))
    }

    private mutating func wrapper(_ name: String) -> [UInt8] {
        let value = scalar(String(name.dropLast("Value".count)).lowercased())
        if isCanonical, value.bytes.allSatisfy({ $0 == 0 }) { return [] }
        return wire(1, value.type, value.bytes)
    }

    private mutating func dynamic(_ depth: Int) -> [UInt8] {
        switch Int.random(in: 0..<(depth < 6 ? 6 : 4), using: &random) {
        case 0: return ProtobufWire.tag(1, 0) + [0]
        case 1:
            let number = [0, -0.0, 1.5, -7, 1e300, 0.1].randomElement(using: &random)!
            return ProtobufWire.tag(2, 1) + ProtobufWire.fixed(number.bitPattern)
        case 2: return ProtobufWire.delimited(3, text())
        case 3: return ProtobufWire.tag(4, 0) + [random.oneIn(2) ? 1 : 0]
        case 4: return ProtobufWire.delimited(5, structure(depth + 1))
        default: return ProtobufWire.delimited(6, list(depth + 1))
        }
    }

    private mutating func structure(_ depth: Int) -> [UInt8] {
        (0..<Int.random(in: 0...3, using: &random)).flatMap { index in
            let key = Array("key \(index)".utf8)
            let entry = ProtobufWire.delimited(1, key) + ProtobufWire.delimited(2, dynamic(depth + 1))
            return ProtobufWire.delimited(1, entry)
        }
    }

    private mutating func list(_ depth: Int) -> [UInt8] {
        (0..<Int.random(in: 0...3, using: &random)).flatMap { _ in ProtobufWire.delimited(1, dynamic(depth + 1)) }
    }

    private mutating func any(_ depth: Int) -> [UInt8] {
        if random.oneIn(5) { return [] }
        let isKnown = random.oneIn(3)
        let index = model.messages.indices.filter { !model.messages[$0].isGroup }.randomElement(using: &random)!
        let knownName = ProtobufModel.knownTypes.randomElement(using: &random)!
        let name = isKnown ? "google.protobuf.\(knownName)" : String(model.messages[index].fullName.dropFirst())
        let content = isKnown ? known(knownName, depth: depth + 1) : message(index, depth: max(depth, 3))
        return ProtobufWire.delimited(1, Array("type.googleapis.com/\(name)".utf8))
            + (content.isEmpty ? [] : ProtobufWire.delimited(2, content))
    }
}
