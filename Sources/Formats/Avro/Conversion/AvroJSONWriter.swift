import Records

/// Writes one Avro datum as JSON text.
///
/// Types come from the compiler alone; every byte of the datum is checked as `AvroCursor` reads it.
struct AvroJSONWriter {
    /// The longest text, in bytes: values that take no bytes in Avro do in JSON.
    private static let maximumBytes = 64 << 20
    /// How many elements without any bytes a datum may have; a count alone could claim more than memory holds.
    private static let maximumEmptyValues = 65_536

    private let types: AvroJSONTypes
    private let root: Int
    private let out: OutputBuffer
    private let scratch: OutputBuffer
    private let ceiling: Int
    private var input: AvroCursor
    private var depth = 0
    private var emptyValues = 0

    /// - Parameters:
    ///   - root: the datum's type; the schema's where none is given.
    ///   - scratch: scratch for one value.
    init(
        types: AvroJSONTypes, root: Int? = nil, payload: UnsafeRawBufferPointer, out: OutputBuffer,
        scratch: OutputBuffer
    ) {
        self.types = types
        self.root = root ?? types.root
        self.out = out
        self.scratch = scratch
        ceiling = out.count + Self.maximumBytes
        input = AvroCursor(payload)
    }

    /// Writes the datum, which must take up all of the payload.
    mutating func datum() throws(FormatError) {
        try value(root)
        try input.expectEnd()
    }

    private mutating func value(_ index: Int) throws(FormatError) {
        let type = types.types + index
        guard out.count <= ceiling else { throw refused("its JSON text would take over 64 MiB") }
        switch type.pointee.shape {
        case .null: out.append("null")
        case .boolean: out.append(try input.boolean() ? "true" : "false")
        case .int: out.append(decimal: Int(try input.int()))
        case .long: out.append(decimal: Int(try input.long()))
        case .float: JSONNumber.append(Float(bitPattern: try input.bits(UInt32.self)), to: out)
        case .double: JSONNumber.append(Double(bitPattern: try input.bits(UInt64.self)), to: out)
        case .bytes: JSONString.append(characters: try input.bytes(), by: scratch, to: out)
        case .string: FieldPath.appendQuoted(try input.string(), to: out)
        case .fixed: JSONString.append(characters: try input.bytes(Int(type.pointee.count)), by: scratch, to: out)
        case .enumeration:
            let symbol = try input.index(below: Int64(type.pointee.count), "no symbol of the enum has this index")
            out.append(types.text(of: part(symbol, of: type)))
        case .array: try array(type)
        case .map: try map(type)
        case .record: try record(type)
        case .nullable:
            let branch = try input.index(below: 2, "no branch of the union has this index")
            guard branch != Int(type.pointee.count) else { return out.append("null") }
            try value(Int(type.pointee.first))
        case .union: try union(type)
        }
    }

    private func part(_ place: Int, of type: UnsafePointer<AvroJSONType>) -> UnsafePointer<AvroJSONPart> {
        types.parts + Int(type.pointee.first) + place
    }

    private mutating func record(_ type: UnsafePointer<AvroJSONType>) throws(FormatError) {
        try enter()
        out.append(UInt8(ascii: "{"))
        let fields = part(0, of: type)
        for place in 0..<Int(type.pointee.count) {
            if place > 0 { out.append(UInt8(ascii: ",")) }
            out.append(types.text(of: fields + place))
            try value(Int(fields[place].type))
        }
        out.append(UInt8(ascii: "}"))
        depth -= 1
    }

    private mutating func union(_ type: UnsafePointer<AvroJSONType>) throws(FormatError) {
        let branch = try input.index(below: Int64(type.pointee.count), "no branch of the union has this index")
        let chosen = part(branch, of: type)
        let index = Int(chosen.pointee.type)
        guard types.types[index].shape != .null else { return out.append("null") }
        try enter()
        out.append(UInt8(ascii: "{"))
        out.append(types.text(of: chosen))
        try value(index)
        out.append(UInt8(ascii: "}"))
        depth -= 1
    }

    private mutating func array(_ type: UnsafePointer<AvroJSONType>) throws(FormatError) {
        try enter()
        out.append(UInt8(ascii: "["))
        let element = Int(type.pointee.first)
        var isFirst = true
        while true {
            let head = try input.blockHead()
            if head.count == 0 { break }
            try check(head.count, isEmpty: types.types[element].isEmpty)
            for _ in 0..<head.count {
                if !isFirst { out.append(UInt8(ascii: ",")) }
                isFirst = false
                try value(element)
            }
            try input.checkEnd(head)
        }
        out.append(UInt8(ascii: "]"))
        depth -= 1
    }

    private mutating func map(_ type: UnsafePointer<AvroJSONType>) throws(FormatError) {
        try enter()
        out.append(UInt8(ascii: "{"))
        var isFirst = true
        while true {
            let head = try input.blockHead()
            if head.count == 0 { break }
            try check(head.count, isEmpty: false)
            for _ in 0..<head.count {
                if !isFirst { out.append(UInt8(ascii: ",")) }
                isFirst = false
                FieldPath.appendQuoted(try input.string(), to: out)
                out.append(UInt8(ascii: ":"))
                try value(Int(type.pointee.first))
            }
            try input.checkEnd(head)
        }
        out.append(UInt8(ascii: "}"))
        depth -= 1
    }

    /// Refuses a count of elements that the bytes left can't hold.
    private mutating func check(_ count: Int, isEmpty: Bool) throws(FormatError) {
        guard isEmpty else {
            guard count <= input.left else { throw input.endsEarly() }
            return
        }
        guard count <= Self.maximumEmptyValues - emptyValues else {
            throw input.malformed("over 65536 values take no bytes")
        }
        emptyValues += count
    }

    private mutating func enter() throws(FormatError) {
        depth += 1
        guard depth <= JSONText.maximumDepth else {
            throw refused("its JSON text would be nested deeper than 512 containers")
        }
    }

    private func refused(_ reason: StaticString) -> FormatError {
        FormatError(.refused, at: input.position, reason)
    }
}
