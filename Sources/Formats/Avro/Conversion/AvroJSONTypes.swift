/// The types of a schema in the form that conversions follow, by the schema's own indices.
///
/// Immutable. Plain memory and no arrays, so that the conversions' loops carry no reference counts.
final class AvroJSONTypes: Sendable {
    // Sound to share: written in `init`, read only afterwards, freed in `deinit`.
    nonisolated(unsafe) let types: UnsafePointer<AvroJSONType>
    nonisolated(unsafe) let parts: UnsafePointer<AvroJSONPart>
    nonisolated(unsafe) let texts: UnsafePointer<UInt8>
    /// The type of a datum.
    let root: Int

    init(schema: AvroSchema) {
        var builder = Builder(schema: schema)
        for index in schema.types.indices { builder.add(index) }
        root = schema.root
        types = Self.copy(builder.types)
        parts = Self.copy(builder.parts)
        texts = Self.copy(builder.texts)
    }

    deinit {
        types.deallocate()
        parts.deallocate()
        texts.deallocate()
    }

    /// The text of a part.
    @inline(__always)
    func text(of part: UnsafePointer<AvroJSONPart>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: texts + Int(part.pointee.text), count: Int(part.pointee.count))
    }

    /// The place of the part of `type`, a union or an enum, that is named `name`; nil where there is none.
    func part(named name: UnsafeRawBufferPointer, of type: UnsafePointer<AvroJSONType>) -> Int? {
        let first = parts + Int(type.pointee.first)
        let isKey = type.pointee.shape == .union
        var low = 0
        var high = Int(type.pointee.count)
        while low < high {
            let middle = (low + high) / 2
            let place = Int(first[middle].sorted)
            let found = first[place]
            let own = UnsafeRawBufferPointer(
                start: texts + Int(found.text) + 1, count: found.nameCount(isKey: isKey))
            if own.elementsEqual(name) { return place }
            if own.lexicographicallyPrecedes(name) { low = middle + 1 } else { high = middle }
        }
        return nil
    }

    private static func copy<Element: BitwiseCopyable>(_ elements: [Element]) -> UnsafePointer<Element> {
        let copy = UnsafeMutableBufferPointer<Element>.allocate(capacity: max(elements.count, 1))
        _ = copy.initialize(from: elements)
        return UnsafePointer(copy.baseAddress!)
    }
}

extension AvroJSONTypes {
    private struct Builder {
        let schema: AvroSchema
        var types: [AvroJSONType] = []
        var parts: [AvroJSONPart] = []
        var texts: [UInt8] = []

        mutating func add(_ index: Int) {
            types.append(type(schema.types[index], isEmpty: schema.isEmpty[index]))
        }

        private mutating func type(_ type: AvroType, isEmpty: Bool) -> AvroJSONType {
            func made(_ shape: AvroJSONType.Shape, first: Int = 0, count: Int = 0) -> AvroJSONType {
                AvroJSONType(shape: shape, isEmpty: isEmpty, first: Int32(first), count: Int32(count))
            }
            let first = parts.count
            switch type.shape {
            case .null: return made(.null)
            case .boolean: return made(.boolean)
            case .int: return made(.int)
            case .long: return made(.long)
            case .float: return made(.float)
            case .double: return made(.double)
            case .bytes: return made(.bytes)
            case .string: return made(.string)
            case .fixed(let size): return made(.fixed, count: size)
            case .array(let items): return made(.array, first: items)
            case .map(let values): return made(.map, first: values)
            case .enumeration(let symbols):
                addParts(symbols.map { ($0, 0) }, isKey: false)
                return made(.enumeration, first: first, count: symbols.count)
            case .record(let fields):
                addParts(fields.map { ($0.name, $0.type) }, isKey: true)
                return made(.record, first: first, count: fields.count)
            case .union(let branches):
                if let (null, other) = schema.nullable(branches) { return made(.nullable, first: other, count: null) }
                addParts(branches.map { (schema.types[$0].displayName ?? "", $0) }, isKey: true)
                return made(.union, first: first, count: branches.count)
            }
        }

        /// Names are letters, digits, `_` and dots: they need no escapes.
        private mutating func addParts(_ named: [(name: String, type: Int)], isKey: Bool) {
            let sorted = named.indices.sorted {
                named[$0].name.utf8.lexicographicallyPrecedes(named[$1].name.utf8)
            }
            for ((name, type), sorted) in zip(named, sorted) {
                let text = Array((isKey ? "\"\(name)\":" : "\"\(name)\"").utf8)
                parts.append(
                    AvroJSONPart(
                        text: Int32(texts.count), count: Int32(text.count), type: Int32(type), sorted: Int32(sorted)))
                texts += text
            }
        }
    }
}

extension AvroSchema {
    /// The index of null among the branches of a union of null and one other type, and that type; nil for other unions.
    func nullable(_ branches: [Int]) -> (null: Int, other: Int)? {
        guard branches.count == 2, let null = branches.firstIndex(where: { types[$0].shape == .null }) else {
            return nil
        }
        return (null, branches[1 - null])
    }
}
