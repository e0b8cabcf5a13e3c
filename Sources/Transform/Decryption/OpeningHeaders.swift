import Records

/// The headers that a layout seals, and those that a pair asks for.
final class OpeningHeaders {
    /// What a header's name says of it.
    enum Standing {
        /// It is none of those that are sealed or listed.
        case plain
        /// It is sealed, by its index in `names`.
        case sealed(Int)
        /// The pair lists it, and the layout does not seal it.
        case listedOnly
    }

    private struct Known {
        let name: [UInt8]
        let standing: Standing
    }

    /// The names that are sealed, in the order of the layout.
    let names: [[UInt8]]
    /// The DEK of each of `names`.
    let keys: [Int]
    /// Whether the pair asks for each of `names`.
    let isAsked: [Bool]
    /// How each of `names` is named in `fieldseal.opened`.
    let entries: [[UInt8]]
    /// All names that mean something, in the order of their bytes: a record may have very many headers.
    private let known: [Known]

    /// - Parameter listed: the names that the pair opens; empty for all.
    init(_ sealed: [EnvelopeLayout.SealedHeader], listed: [[UInt8]]) {
        names = sealed.map(\.name)
        keys = sealed.map(\.key)
        isAsked = sealed.map { listed.isEmpty || listed.contains($0.name) }
        entries = names.map { Array("header:".utf8) + $0 }
        let unsealed = Set(listed).subtracting(sealed.map(\.name))
        let all =
            sealed.enumerated().map { Known(name: $1.name, standing: .sealed($0)) }
            + unsealed.map { Known(name: $0, standing: .listedOnly) }
        known = all.sorted { $0.name.lexicographicallyPrecedes($1.name) }
    }

    /// Whether no name is sealed or listed.
    var isEmpty: Bool { known.isEmpty }

    /// What a name stands for.
    func standing(of name: UnsafeRawBufferPointer) -> Standing {
        var low = 0
        var high = known.count
        while low < high {
            let middle = (low + high) / 2
            let isEqual = known[middle].name.withUnsafeBytes { $0.equals(name) }
            if isEqual { return known[middle].standing }
            if known[middle].name.lexicographicallyPrecedes(name) { low = middle + 1 } else { high = middle }
        }
        return .plain
    }
}

extension OpeningHeaders: FieldNames {
    func fieldName(at index: Int) -> String? { String(decoding: names[index], as: UTF8.self) }
}
