/// Builds what a field holds instead of its value, in Avro's binary encoding.
struct AvroPlaceholder {
    /// What it stands for.
    enum Meaning {
        /// The ciphertext is in a header (docs/wire-format.md, "preserve_avro").
        case sealed
        /// The field may not be opened in JSON text (docs/formats.md, "Default values"): zero, false, or what is empty.
        case withheld
    }

    /// The longest placeholder, in bytes.
    static let maximumBytes = 1 << 20
    /// How many types are tried before a schema counts as too entangled.
    private static let maximumVisits = 100_000

    /// The nil UUID's text, which a uuid string holds.
    static let uuid = Array("00000000-0000-0000-0000-000000000000".utf8)

    private let types: [AvroType]
    private let meaning: Meaning
    private var inProgress: Set<Int> = []
    private var visits = 0
    private var bytes: [UInt8] = []

    /// The placeholder of a type that is not a union; throws where it has none that is finite and of bounded size.
    static func of(
        _ type: Int, in types: [AvroType], meaning: Meaning = .sealed
    ) throws(AvroSchemaError) -> [UInt8] {
        var builder = AvroPlaceholder(types: types, meaning: meaning)
        guard try builder.append(type) else {
            throw AvroSchemaError(at: types[type].displayName ?? "", "the type has no finite placeholder")
        }
        return builder.bytes
    }

    private init(types: [AvroType], meaning: Meaning) {
        self.types = types
        self.meaning = meaning
    }

    /// Appends the placeholder, or nothing and says false where every one of it contains itself.
    private mutating func append(_ index: Int) throws(AvroSchemaError) -> Bool {
        visits += 1
        let type = types[index]
        guard visits <= Self.maximumVisits, bytes.count <= Self.maximumBytes,
            inProgress.count <= AvroPlan.maximumDepth
        else { throw tooLarge(type) }
        switch type.shape {
        case .record(let fields): return try appendRecord(index, fields)
        case .union(let branches): return try appendUnion(branches)
        case .fixed(let size):
            guard size <= Self.maximumBytes else { throw tooLarge(type) }
            bytes += [UInt8](repeating: meaning == .sealed && type.logical == nil ? UInt8(ascii: "*") : 0, count: size)
        default: bytes += meaning == .sealed ? Self.sealedScalar(type) : Self.zero(type)
        }
        return true
    }

    private mutating func appendRecord(_ index: Int, _ fields: [AvroField]) throws(AvroSchemaError) -> Bool {
        guard inProgress.insert(index).inserted else { return false }
        defer { inProgress.remove(index) }
        let start = bytes.count
        for field in fields where try !append(field.type) {
            bytes.removeSubrange(start...)
            return false
        }
        return true
    }

    private mutating func appendUnion(_ branches: [Int]) throws(AvroSchemaError) -> Bool {
        let null = branches.firstIndex { types[$0].shape == .null }
        for branch in null.map({ $0..<($0 + 1) }) ?? branches.indices {
            let start = bytes.count
            bytes += AvroVarint.bytes(Int64(branch))
            if try append(branches[branch]) { return true }
            bytes.removeSubrange(start...)
        }
        return false
    }

    /// The placeholder of a type that is made of no other, while it is sealed.
    private static func sealedScalar(_ type: AvroType) -> [UInt8] {
        switch (type.shape, type.logical) {
        case (.int, nil): AvroVarint.bytes(Int64(Int32.min))
        case (.long, nil): AvroVarint.bytes(Int64.min)
        case (.float, _): [1, 0, 0, 0]
        case (.double, _): [0, 0, 0, 0, 0, 0, 0xA0, 0x36]
        case (.bytes, nil): [16] + [UInt8](repeating: UInt8(ascii: "*"), count: 8)
        default: zero(type)
        }
    }

    /// Zero, false, or what is empty in a type that is made of no other, as far as its logical type allows.
    private static func zero(_ type: AvroType) -> [UInt8] {
        switch (type.shape, type.logical) {
        case (.float, _): [0, 0, 0, 0]
        case (.double, _): [0, 0, 0, 0, 0, 0, 0, 0]
        case (.bytes, .decimal): [2, 0]
        // Bytes of length 3: the unscaled value as bytes of length 1, then the scale.
        case (.bytes, .bigDecimal): [6, 2, 0, 0]
        case (.string, .uuid): AvroVarint.bytes(Int64(uuid.count)) + uuid
        case (.null, _): []
        // False, zero, the first symbol, no elements, no text, no bytes: all are one zero byte.
        default: [0]
        }
    }

    private func tooLarge(_ type: AvroType) -> AvroSchemaError {
        AvroSchemaError(
            at: type.displayName ?? "", "what stands for a sealed field would take over \(Self.maximumBytes) bytes")
    }
}
