/// Writes a schema in Parsing Canonical Form.
///
/// It keeps its own stack instead of recursing: schemas given as references nest as deep as there are named types.
struct AvroCanonicalForm {
    private enum Piece {
        case text(String)
        case type(Int)
    }

    private let types: [AvroType]
    private var written: Set<Int> = []
    private var pending: [Piece]
    private var out = ""

    static func text(of root: Int, in types: [AvroType]) -> String {
        var writer = AvroCanonicalForm(types: types, pending: [.type(root)])
        while let piece = writer.pending.popLast() {
            switch piece {
            case .text(let text): writer.out += text
            case .type(let type): writer.write(type)
            }
        }
        return writer.out
    }

    private init(types: [AvroType], pending: [Piece]) {
        self.types = types
        self.pending = pending
    }

    private mutating func write(_ index: Int) {
        let type = types[index]
        if let name = type.name, !written.insert(index).inserted { return out += "\"\(name)\"" }
        let name = "{\"name\":\"\(type.name ?? "")\",\"type\":"
        switch type.shape {
        case .fixed(let size): out += "\(name)\"fixed\",\"size\":\(size)}"
        case .enumeration(let symbols):
            out += "\(name)\"enum\",\"symbols\":[\(symbols.map { "\"\($0)\"" }.joined(separator: ","))]}"
        case .array(let items): push([.text("{\"type\":\"array\",\"items\":"), .type(items), .text("}")])
        case .map(let values): push([.text("{\"type\":\"map\",\"values\":"), .type(values), .text("}")])
        case .record(let fields):
            push(
                [.text("\(name)\"record\",\"fields\":[")]
                    + Self.separated(
                        fields.map { [.text("{\"name\":\"\($0.name)\",\"type\":"), .type($0.type), .text("}")] })
                    + [.text("]}")])
        case .union(let branches): push([.text("[")] + Self.separated(branches.map { [.type($0)] }) + [.text("]")])
        default: out += "\"\(type.displayName ?? "")\""
        }
    }

    private mutating func push(_ pieces: [Piece]) {
        pending.append(contentsOf: pieces.reversed())
    }

    private static func separated(_ groups: [[Piece]]) -> [Piece] {
        Array(groups.joined(separator: [.text(",")]))
    }
}
