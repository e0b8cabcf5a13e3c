import Cryptography
import Formats
import Records

extension EnvelopeLayout {
    /// Parses line 1; refuses duplicate and unknown members, another version, and indices out of range.
    init(parsing line: UnsafeRawBufferPointer) throws(EnvelopeError) {
        var parser: EnvelopeLayoutParser
        do throws(FormatError) {
            parser = EnvelopeLayoutParser(reader: try JSONReader(line))
        } catch {
            throw EnvelopeError(error)
        }
        self = try parser.parse()
    }
}

/// Reads line 1 member by member, in any order.
private struct EnvelopeLayoutParser {
    var reader: JSONReader

    private var version: Int?
    private var topic: [UInt8]?
    private var bindsKey = false
    private var algorithms: [Algorithm]?
    private var key: EnvelopeLayout.Part?
    private var value: EnvelopeLayout.Part?
    private var headers: [EnvelopeLayout.SealedHeader] = []

    init(reader: JSONReader) {
        self.reader = reader
    }

    mutating func parse() throws(EnvelopeError) -> EnvelopeLayout {
        try beginObject()
        while let member = try nextKey() {
            switch member {
            case "v": version = try integer(in: 0...Int(Int32.max), "v")
            case "topic": topic = try bytes()
            case "bind": try parseBind()
            case "algs": algorithms = try parseAlgorithms()
            case "key": key = try parsePart()
            case "value": value = try parsePart()
            case "headers": headers = try parseHeaders()
            default: throw EnvelopeError("line 1 has an unknown member")
            }
            // Whatever a later version means by its members, this reader must not act on them.
            if let version, version != EnvelopeLayout.version {
                throw EnvelopeError("version \(version) is not known; this reader knows \(EnvelopeLayout.version)")
            }
        }
        try expectEnd()
        guard version != nil, let topic, let algorithms else {
            throw EnvelopeError("line 1 lacks v, topic or algs")
        }
        let layout = EnvelopeLayout(
            topic: topic, bindsKey: bindsKey, algorithms: algorithms, key: key, value: value, headers: headers)
        guard layout.keyIndices.allSatisfy({ $0 < algorithms.count }) else {
            throw EnvelopeError("a key index of line 1 is out of range")
        }
        return layout
    }

    private mutating func parseBind() throws(EnvelopeError) {
        try beginArray()
        while try nextElement() {
            guard try bytes() == Array("key".utf8), !bindsKey else {
                throw EnvelopeError("bind of line 1 may hold key, once, and nothing else")
            }
            bindsKey = true
        }
    }

    private mutating func parseAlgorithms() throws(EnvelopeError) -> [Algorithm] {
        var found: [Algorithm] = []
        try beginArray()
        while try nextElement() {
            guard let algorithm = Algorithm(rawValue: try string()), found.count < EnvelopeLayout.maximumKeys else {
                throw EnvelopeError("algs of line 1 holds an unknown algorithm or too many")
            }
            found.append(algorithm)
        }
        return found
    }

    private mutating func parsePart() throws(EnvelopeError) -> EnvelopeLayout.Part {
        var payload: Int?
        var compression: Compression?
        var format: EnvelopeLayout.Format?
        var fields: [EnvelopeLayout.SealedField]?
        var sealed = EnvelopeLayout.SealedFields(format: .json, pad: 0, fields: [])
        var describesFields = false
        try beginObject()
        while let member = try nextKey() {
            switch member {
            case "payload":
                payload = try keyIndex()
                continue
            case "compression":
                compression = try choice(Compression.self)
                continue
            case "format": format = try choice(EnvelopeLayout.Format.self)
            case "mode": sealed.mode = try choice(EnvelopeLayout.Mode.self)
            case "schema": sealed.schema = UInt32(try integer(in: 0...Int(UInt32.max), "schema"))
            case "fingerprint": sealed.fingerprint = try parseFingerprint()
            case "frame": sealed.frame = try parseFrame()
            case "pad": sealed.pad = try integer(in: 1...256, "pad")
            case "original": sealed.original = try keyIndex()
            case "fields": fields = try parseFields()
            default: throw EnvelopeError("a part of line 1 has an unknown member")
            }
            describesFields = true
        }
        if let payload {
            guard !describesFields, compression != Compression.none else {
                throw EnvelopeError("a part of line 1 is a payload and has fields")
            }
            return .payload(key: payload, compression: compression ?? .none)
        }
        guard let format, let fields, compression == nil else {
            throw EnvelopeError("a part of line 1 is neither a payload nor fields of a format")
        }
        sealed.format = format
        sealed.fields = fields
        return .fields(sealed)
    }

    private mutating func parseFingerprint() throws(EnvelopeError) -> [UInt8] {
        let text = try bytes()
        let isHexadecimal = text.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
        guard text.count == 16, isHexadecimal else {
            throw EnvelopeError("the fingerprint of line 1 is not 16 lower-case hexadecimal digits")
        }
        return text
    }

    private mutating func parseFrame() throws(EnvelopeError) -> [UInt8] {
        guard let frame = Base64.decode(try string()) else {
            throw EnvelopeError("the frame of line 1 is not base64")
        }
        return frame
    }

    private mutating func parseFields() throws(EnvelopeError) -> [EnvelopeLayout.SealedField] {
        var fields: [EnvelopeLayout.SealedField] = []
        var known: Set<FieldPath> = []
        try beginArray()
        while try nextElement() {
            let field = try parseField()
            guard known.insert(field.path).inserted else {
                throw EnvelopeError("line 1 lists a path twice")
            }
            fields.append(field)
        }
        return fields
    }

    private mutating func parseField() throws(EnvelopeError) -> EnvelopeLayout.SealedField {
        var path: FieldPath?
        var type: [UInt8]?
        var key: Int?
        var isInHeader = false
        try beginObject()
        while let member = try nextKey() {
            switch member {
            case "path": path = try parsePath()
            case "type": type = try bytes()
            case "key": key = try keyIndex()
            case "in":
                guard try bytes() == Array("header".utf8) else {
                    throw EnvelopeError("in of a field of line 1 may only be header")
                }
                isInHeader = true
            default: throw EnvelopeError("a field of line 1 has an unknown member")
            }
        }
        guard let path, let type, let key else { throw EnvelopeError("a field of line 1 lacks path, type or key") }
        return EnvelopeLayout.SealedField(path: path, type: type, key: key, isInHeader: isInHeader)
    }

    private mutating func parsePath() throws(EnvelopeError) -> FieldPath {
        let text = try string()
        do throws(FieldPathError) {
            return try FieldPath(parsing: text)
        } catch {
            throw EnvelopeError("a path of line 1 is malformed")
        }
    }

    private mutating func parseHeaders() throws(EnvelopeError) -> [EnvelopeLayout.SealedHeader] {
        var headers: [EnvelopeLayout.SealedHeader] = []
        try beginArray()
        while try nextElement() {
            var name: [UInt8]?
            var key: Int?
            try beginObject()
            while let member = try nextKey() {
                switch member {
                case "name": name = try bytes()
                case "key": key = try keyIndex()
                default: throw EnvelopeError("a header of line 1 has an unknown member")
                }
            }
            guard let name, let key, !headers.contains(where: { $0.name == name }) else {
                throw EnvelopeError("a header of line 1 lacks name or key, or is listed twice")
            }
            headers.append(EnvelopeLayout.SealedHeader(name: name, key: key))
        }
        return headers
    }
}

extension EnvelopeLayoutParser {
    private mutating func keyIndex() throws(EnvelopeError) -> Int {
        try integer(in: 0...(EnvelopeLayout.maximumKeys - 1), "key")
    }

    private mutating func integer(in range: ClosedRange<Int>, _ member: StaticString) throws(EnvelopeError) -> Int {
        let number = try read { reader throws(FormatError) in try reader.readInteger() }
        guard range.contains(number) else {
            throw EnvelopeError("\(member) of line 1 is out of range")
        }
        return number
    }

    private mutating func choice<Choice: RawRepresentable<String>>(
        _ type: Choice.Type
    ) throws(EnvelopeError) -> Choice {
        guard let choice = Choice(rawValue: try string()) else {
            throw EnvelopeError("line 1 holds a format, mode or compression that is not known")
        }
        return choice
    }

    private mutating func beginObject() throws(EnvelopeError) {
        try read { reader throws(FormatError) in try reader.beginObject() }
    }

    private mutating func nextKey() throws(EnvelopeError) -> String? {
        try read { reader throws(FormatError) in try reader.nextKey() }
    }

    private mutating func beginArray() throws(EnvelopeError) {
        try read { reader throws(FormatError) in try reader.beginArray() }
    }

    private mutating func nextElement() throws(EnvelopeError) -> Bool {
        try read { reader throws(FormatError) in try reader.nextElement() }
    }

    private mutating func string() throws(EnvelopeError) -> String {
        try read { reader throws(FormatError) in try reader.readString() }
    }

    private mutating func bytes() throws(EnvelopeError) -> [UInt8] {
        try read { reader throws(FormatError) in try reader.readBytes() }
    }

    private mutating func expectEnd() throws(EnvelopeError) {
        try read { reader throws(FormatError) in try reader.expectEnd() }
    }

    private mutating func read<Result>(
        _ body: (inout JSONReader) throws(FormatError) -> Result
    ) throws(EnvelopeError) -> Result {
        do throws(FormatError) {
            return try body(&reader)
        } catch {
            throw EnvelopeError(error)
        }
    }
}

extension EnvelopeLayout {
    /// Every index of a DEK that the layout holds.
    fileprivate var keyIndices: [Int] {
        [key, value].flatMap { part -> [Int] in
            switch part {
            case .payload(let key, _): [key]
            case .fields(let sealed): sealed.fields.map(\.key) + (sealed.original.map { [$0] } ?? [])
            case nil: []
            }
        } + headers.map(\.key)
    }
}
