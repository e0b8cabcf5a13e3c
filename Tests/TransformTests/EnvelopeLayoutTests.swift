import Formats
import Cryptography
import Records
import Testing

@testable import Transform

/// Line 1 of an envelope, written and read again.
@Suite struct EnvelopeLayoutTests {
    private static func parse(_ line: [UInt8]) throws -> EnvelopeLayout {
        try line.withUnsafeBytes { try EnvelopeLayout(parsing: $0) }
    }

    @Test func whateverIsWrittenIsReadTheSame() throws {
        var generator = EnvelopeLayoutGenerator(seed: 20_261_124)
        var kinds: Set<String> = []
        for _ in 0..<3_000 {
            let layout = generator.layout()
            let line = layout.encoded()
            #expect(!line.contains(0x0A), "a line feed would end line 1")
            let read = try Self.parse(line)
            #expect(read == layout)
            #expect(read.encoded() == line)
            kinds.insert(Self.kind(of: layout))
        }
        #expect(kinds.count > 20, "\(kinds)")
    }

    /// Which members a layout has.
    private static func kind(of layout: EnvelopeLayout) -> String {
        func name(_ part: EnvelopeLayout.Part?) -> String {
            switch part {
            case nil: "-"
            case .payload(_, let compression): compression.rawValue
            case .fields(let fields): fields.format.rawValue + (fields.mode?.rawValue ?? "")
            }
        }
        return "\(name(layout.key)) \(name(layout.value))"
    }

    @Test func aChangedLineIsRefusedOrReadAsWhatItSays() throws {
        var generator = EnvelopeLayoutGenerator(seed: 4_711)
        var (read, refused) = (0, 0)
        for _ in 0..<6_000 {
            var line = generator.layout().encoded()
            generator.mutate(&line)
            guard let layout = try? Self.parse(line) else {
                refused += 1
                continue
            }
            read += 1
            // What a reader takes from it, it takes from the same layout written properly.
            #expect(try Self.parse(layout.encoded()) == layout)
        }
        #expect(read > 300 && refused > 1_000, "\(read) read, \(refused) refused")
    }

    @Test func membersMayStandInAnyOrder() throws {
        let usual =
            #"{"v":1,"topic":"t","bind":["key"],"algs":["AES256_GCM"],"value":{"format":"avro","mode":"preserve_avro","schema":42,"pad":16,"fields":[{"path":"a[*].b","type":"string","key":0,"in":"header"}]}}"#
        let other =
            #" {"value": {"fields":[{"in":"header","key":0,"type":"string","path":"a[*].b"}],"pad":16,"schema":42,"mode":"preserve_avro","format":"avro"},"algs":["AES256_GCM"],"bind":["key"],"topic":"t","v":1} "#
        let layout = try Self.parse(Array(usual.utf8))
        #expect(layout.encoded() == Array(usual.utf8))
        #expect(try Self.parse(Array(other.utf8)) == layout)
    }
}

/// Makes layouts with every member that the wire format knows, seeded.
struct EnvelopeLayoutGenerator {
    private var random: SplitMix
    private static let names = [
        "a", "ssn", "ключ", "x\"y\\z", "", "tab\t", "[0]", "*", "a.b", "line\nfeed", "😀", "\u{1}",
    ]

    init(seed: UInt64) {
        random = SplitMix(seed: seed)
    }

    mutating func layout() -> EnvelopeLayout {
        let algorithms = (0...random.below(5)).map { _ in Algorithm.allCases[random.below(Algorithm.allCases.count)] }
        var layout = EnvelopeLayout(topic: name(), bindsKey: random.below(2) == 0, algorithms: algorithms)
        if random.below(3) == 0 { layout.key = part(algorithms.count) }
        if random.below(5) > 0 { layout.value = part(algorithms.count) }
        var taken: Set<[UInt8]> = []
        for _ in 0..<random.below(3) {
            let name = name()
            if taken.insert(name).inserted {
                layout.headers.append(.init(name: name, key: random.below(algorithms.count)))
            }
        }
        return layout
    }

    /// Changes a byte, or exchanges a digit or a word for another of its kind.
    mutating func mutate(_ line: inout [UInt8]) {
        let digits = line.indices.filter { (48...57).contains(line[$0]) }
        switch random.below(4) {
        case 0:
            if let place = digits.randomElement(using: &random) { line[place] = 48 + UInt8(random.below(10)) }
        case 1: line[random.below(line.count)] = random.byte()
        case 2: line.remove(at: random.below(line.count))
        default:
            line.insert([0x20, 0x2C, 0x7D, 0x5D, 0x22, random.byte()][random.below(6)], at: random.below(line.count))
        }
    }

    private mutating func name() -> [UInt8] {
        Array(Self.names[random.below(Self.names.count)].utf8)
    }

    private mutating func part(_ keys: Int) -> EnvelopeLayout.Part {
        if random.below(3) == 0 {
            let compressions = Compression.allCases
            return .payload(key: random.below(keys), compression: compressions[random.below(compressions.count)])
        }
        let formats = EnvelopeLayout.Format.allCases
        var sealed = EnvelopeLayout.SealedFields(
            format: formats[random.below(formats.count)], pad: random.below(257), fields: fields(keys))
        if random.below(2) == 0 { sealed.mode = EnvelopeLayout.Mode.allCases[random.below(2)] }
        if random.below(2) == 0 { sealed.schema = UInt32(truncatingIfNeeded: random.next()) }
        if random.below(3) == 0 {
            let digits = Array("0123456789abcdef".utf8)
            sealed.fingerprint = (0..<16).map { _ in digits[random.below(16)] }
        }
        if random.below(3) == 0 { sealed.frame = (0..<random.below(9)).map { _ in random.byte() } }
        if random.below(4) == 0 { sealed.original = random.below(keys) }
        return .fields(sealed)
    }

    private mutating func fields(_ keys: Int) -> [EnvelopeLayout.SealedField] {
        var fields: [EnvelopeLayout.SealedField] = []
        for _ in 0..<random.below(6) {
            let segments = (0...random.below(4)).map { _ in segment() }
            let path = FieldPath(segments: segments)
            guard !fields.contains(where: { $0.path == path }) else { continue }
            fields.append(
                .init(path: path, type: name(), key: random.below(keys), isInHeader: random.below(2) == 0))
        }
        return fields
    }

    private mutating func segment() -> FieldPath.Segment {
        switch random.below(4) {
        case 0: .anyElement
        case 1: .anyValue
        case 2: .index(random.below(1_000))
        default: .key(name())
        }
    }
}
