import Records

/// Reads JSON text as one Avro datum and writes it in Avro's binary encoding, in the one canonical form: numbers as short
/// as can be, an array or map as one block without a byte size.
///
/// The text is anybody's. It may have white space and escapes where the writer puts none, but has a record's fields in
/// the schema's order and all of them.
struct AvroJSONReader {
    /// The count of an array's or map's elements, which is known after they are written.
    private struct Count {
        /// Where in `body` it belongs.
        var offset: Int
        var count: Int
    }

    private let types: AvroJSONTypes
    /// The datum without the counts.
    private let body: OutputBuffer
    private let scratch: OutputBuffer
    private var counts: ContiguousArray<Count> = []
    private let text: JSONText

    /// - Parameters:
    ///   - body: scratch for the datum without its counts.
    ///   - scratch: scratch for one string.
    init?(
        types: AvroJSONTypes, text: UnsafeRawBufferPointer, body: OutputBuffer, scratch: OutputBuffer
    ) {
        guard let text = JSONText(text) else { return nil }
        self.types = types
        self.text = text
        self.body = body
        self.scratch = scratch
    }

    /// Appends the datum that the whole text stands for.
    mutating func append(to out: OutputBuffer) throws(FormatError) {
        body.removeAll()
        let end = try value(types.root, at: text.skipSpace(text.start), room: JSONText.maximumDepth)
        try text.expectEnd(end)
        var copied = 0
        for count in counts {
            out.append(body.bytes(in: copied..<count.offset))
            AvroVarint.append(length: count.count, to: out)
            copied = count.offset
        }
        out.append(body.bytes(in: copied..<body.count))
    }

    /// Reads the value of a type at `position` and returns the position after it.
    private mutating func value(
        _ index: Int, at position: JSONText.Position, room: Int
    ) throws(FormatError) -> JSONText.Position {
        let type = types.types + index
        switch type.pointee.shape {
        case .null: return try null(at: position)
        case .boolean: return try boolean(at: position)
        case .int: return try integer(in: Int64(Int32.min)...Int64(Int32.max), at: position)
        case .long: return try integer(in: Int64.min...Int64.max, at: position)
        case .float: return try float(at: position)
        case .double: return try double(at: position)
        case .bytes: return try bytes(count: nil, at: position)
        case .fixed: return try bytes(count: Int(type.pointee.count), at: position)
        case .string: return try string(at: position)
        case .enumeration: return try symbol(of: type, at: position)
        case .array: return try array(of: Int(type.pointee.first), at: position, room: room)
        case .map: return try map(of: Int(type.pointee.first), at: position, room: room)
        case .record: return try record(type, at: position, room: room)
        case .nullable:
            let null = Int(type.pointee.count)
            let isNull = text.byte(at: position) == UInt8(ascii: "n")
            AvroVarint.append(length: isNull ? null : 1 - null, to: body)
            guard !isNull else { return try self.null(at: position) }
            return try value(Int(type.pointee.first), at: position, room: room)
        case .union: return try union(type, at: position, room: room)
        }
    }

    private func misfit(at position: JSONText.Position, _ reason: StaticString) -> FormatError {
        text.malformed(at: position, reason)
    }
}

/// Containers.
extension AvroJSONReader {
    private mutating func record(
        _ type: UnsafePointer<AvroJSONType>, at open: JSONText.Position, room: Int
    ) throws(FormatError) -> JSONText.Position {
        var position = try enter(open, UInt8(ascii: "{"), "expected an object for a record", room: room)
        let fields = types.parts + Int(type.pointee.first)
        let count = Int(type.pointee.count)
        guard count > 0 else { return try leaveEmpty(position, UInt8(ascii: "}")) }
        for place in 0..<count {
            position = try field(fields + place, at: position)
            position = try value(Int(fields[place].type), at: position, room: room - 1)
            let (next, isLast) = try text.afterMember(position)
            guard isLast == (place == count - 1) else {
                throw misfit(at: position, "the object has not as many members as the record has fields")
            }
            position = next
        }
        return position
    }

    /// Reads a field's key and returns where its value begins.
    @inline(__always)
    private func field(
        _ part: UnsafePointer<AvroJSONPart>, at position: JSONText.Position
    ) throws(FormatError) -> JSONText.Position {
        let key = types.text(of: part)
        if text.end - position >= key.count,
            UnsafeRawBufferPointer(start: position, count: key.count).equals(key)
        {
            return text.skipSpace(position + key.count)
        }
        let (string, value) = try text.key(position)
        let own = key.bytes(in: 1..<(1 + part.pointee.nameCount(isKey: true)))
        guard try content(from: position, string).equals(own) else {
            throw misfit(at: position, "the record has another field here")
        }
        return value
    }

    private mutating func union(
        _ type: UnsafePointer<AvroJSONType>, at open: JSONText.Position, room: Int
    ) throws(FormatError) -> JSONText.Position {
        if text.byte(at: open) == UInt8(ascii: "n") {
            let end = try null(at: open)
            guard let branch = types.part(named: ("null" as StaticString).rawBytes, of: type) else {
                throw misfit(at: open, "the union has no null")
            }
            AvroVarint.append(length: branch, to: body)
            return end
        }
        let position = try enter(open, UInt8(ascii: "{"), "expected a union's tag", room: room)
        let (string, start) = try text.key(position)
        guard let branch = types.part(named: try content(from: position, string), of: type) else {
            throw misfit(at: position, "the union has no branch of this name")
        }
        let chosen = Int(types.parts[Int(type.pointee.first) + branch].type)
        guard types.types[chosen].shape != .null else {
            throw misfit(at: position, "a union's null has no tag")
        }
        AvroVarint.append(length: branch, to: body)
        let (end, isLast) = try text.afterMember(try value(chosen, at: start, room: room - 1))
        guard isLast else { throw misfit(at: position, "a union's tag has one member") }
        return end
    }

    private mutating func array(
        of element: Int, at open: JSONText.Position, room: Int
    ) throws(FormatError) -> JSONText.Position {
        var position = try enter(open, UInt8(ascii: "["), "expected a list for an array", room: room)
        guard text.byte(at: position) != UInt8(ascii: "]") else { return endEmptyBlocks(position) }
        let slot = beginBlock()
        var count = 0
        while true {
            position = try value(element, at: position, room: room - 1)
            count += 1
            let (next, isLast) = try text.afterElement(position)
            position = next
            guard !isLast else { break }
        }
        endBlock(slot, count: count)
        return position
    }

    private mutating func map(
        of value: Int, at open: JSONText.Position, room: Int
    ) throws(FormatError) -> JSONText.Position {
        var position = try enter(open, UInt8(ascii: "{"), "expected an object for a map", room: room)
        guard text.byte(at: position) != UInt8(ascii: "}") else { return endEmptyBlocks(position) }
        let slot = beginBlock()
        var count = 0
        while true {
            let (string, start) = try text.key(position)
            appendWithLength(try content(from: position, string))
            position = try self.value(value, at: start, room: room - 1)
            count += 1
            let (next, isLast) = try text.afterMember(position)
            position = next
            guard !isLast else { break }
        }
        endBlock(slot, count: count)
        return position
    }

    /// Reads the bracket at `open` and returns the position of what follows it.
    private func enter(
        _ open: JSONText.Position, _ bracket: UInt8, _ reason: StaticString, room: Int
    ) throws(FormatError) -> JSONText.Position {
        guard text.byte(at: open) == bracket else { throw misfit(at: open, reason) }
        try text.enter(open, room: room)
        return text.skipSpace(open + 1)
    }

    private func leaveEmpty(_ position: JSONText.Position, _ bracket: UInt8) throws(FormatError) -> JSONText.Position {
        guard text.byte(at: position) == bracket else {
            throw misfit(at: position, "the object has members, the record no fields")
        }
        return position + 1
    }

    private func endEmptyBlocks(_ position: JSONText.Position) -> JSONText.Position {
        body.append(0)
        return position + 1
    }

    private mutating func beginBlock() -> Int {
        counts.append(Count(offset: body.count, count: 0))
        return counts.count - 1
    }

    private mutating func endBlock(_ slot: Int, count: Int) {
        counts[slot].count = count
        body.append(0)
    }
}

/// Scalars.
extension AvroJSONReader {
    private func null(at position: JSONText.Position) throws(FormatError) -> JSONText.Position {
        guard text.byte(at: position) == UInt8(ascii: "n") else { throw misfit(at: position, "expected null") }
        return try text.literal(position)
    }

    private func boolean(at position: JSONText.Position) throws(FormatError) -> JSONText.Position {
        let isTrue = text.byte(at: position) == UInt8(ascii: "t")
        guard isTrue || text.byte(at: position) == UInt8(ascii: "f") else {
            throw misfit(at: position, "expected true or false")
        }
        body.append(isTrue ? 1 : 0)
        return try text.literal(position)
    }

    private func integer(
        in range: ClosedRange<Int64>, at position: JSONText.Position
    ) throws(FormatError) -> JSONText.Position {
        let end = try text.number(position)
        guard let number = JSONNumber.integer(UnsafeRawBufferPointer(start: position, count: end - position)),
            range.contains(number)
        else { throw misfit(at: position, "expected a whole number that fits its type") }
        AvroVarint.append(number, to: body)
        return end
    }

    private func float(at position: JSONText.Position) throws(FormatError) -> JSONText.Position {
        let end = try numberOrName(position)
        guard let number = JSONNumber.float(UnsafeRawBufferPointer(start: position, count: end - position)) else {
            throw misfit(at: position, "expected a number that fits its type")
        }
        append(bits: number.bitPattern)
        return end
    }

    private func double(at position: JSONText.Position) throws(FormatError) -> JSONText.Position {
        let end = try numberOrName(position)
        guard let number = JSONNumber.double(UnsafeRawBufferPointer(start: position, count: end - position)) else {
            throw misfit(at: position, "expected a number that fits its type")
        }
        append(bits: number.bitPattern)
        return end
    }

    private func numberOrName(_ position: JSONText.Position) throws(FormatError) -> JSONText.Position {
        text.byte(at: position) == UInt8(ascii: "\"") ? try text.string(position).end : try text.number(position)
    }

    private func append<Bits: FixedWidthInteger & UnsignedInteger>(bits: Bits) {
        let size = MemoryLayout<Bits>.size
        body.reserve(size).storeBytes(of: bits.littleEndian, as: Bits.self)
        body.commit(size)
    }

    private func string(at position: JSONText.Position) throws(FormatError) -> JSONText.Position {
        let (content, end) = try stringContent(at: position)
        appendWithLength(content)
        return end
    }

    private func symbol(
        of type: UnsafePointer<AvroJSONType>, at position: JSONText.Position
    ) throws(FormatError) -> JSONText.Position {
        let (content, end) = try stringContent(at: position)
        guard let symbol = types.part(named: content, of: type) else {
            throw misfit(at: position, "the enum has no such symbol")
        }
        AvroVarint.append(length: symbol, to: body)
        return end
    }

    /// Reads a string with one character a byte, `count` of them where that is given.
    private func bytes(count: Int?, at position: JSONText.Position) throws(FormatError) -> JSONText.Position {
        let (content, end) = try stringContent(at: position)
        guard let found = JSONString.byteCount(ofCharacters: content) else {
            throw misfit(at: position, "a character of bytes is beyond U+00FF")
        }
        if let count {
            guard found == count else { throw misfit(at: position, "a fixed of another size") }
        } else {
            AvroVarint.append(length: found, to: body)
        }
        JSONString.append(bytesOfCharacters: content, to: body)
        return end
    }

    private func stringContent(
        at position: JSONText.Position
    ) throws(FormatError) -> (content: UnsafeRawBufferPointer, end: JSONText.Position) {
        guard text.byte(at: position) == UInt8(ascii: "\"") else { throw misfit(at: position, "expected a string") }
        let string = try text.string(position)
        return (try content(from: position, string), string.end)
    }

    /// The content of a string that was read from `position`, escapes undone; valid until the next one.
    private func content(
        from position: JSONText.Position, _ string: JSONStringEnd
    ) throws(FormatError) -> UnsafeRawBufferPointer {
        let raw = UnsafeRawBufferPointer(start: position + 1, count: string.end - position - 2)
        guard string.hasEscape, let escaped = JSONText(raw) else { return raw }
        scratch.removeAll()
        guard JSONString.appendContent(of: escaped, to: scratch) else {
            throw misfit(at: position, "unknown escape in a string")
        }
        return scratch.bytes
    }

    private func appendWithLength(_ bytes: UnsafeRawBufferPointer) {
        AvroVarint.append(length: bytes.count, to: body)
        body.append(bytes)
    }
}
