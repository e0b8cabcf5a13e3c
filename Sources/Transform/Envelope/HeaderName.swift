import Records

/// The record headers that Fieldseal owns, in the order in which a writer puts them after the record's own.
enum HeaderName: CaseIterable {
    case sealedKey
    case sealedValue
    case originalKey
    case originalValue
    case envelope
    case opened
    case defaulted
    case error

    /// Every name that begins like this belongs to Fieldseal.
    static let reservedPrefix: StaticString = "fieldseal."

    private var text: StaticString {
        switch self {
        case .sealedKey: "fieldseal.key"
        case .sealedValue: "fieldseal.value"
        case .originalKey: "fieldseal.key.original"
        case .originalValue: "fieldseal.value.original"
        case .envelope: "fieldseal.envelope"
        case .opened: "fieldseal.opened"
        case .defaulted: "fieldseal.defaulted"
        case .error: "fieldseal.error"
        }
    }

    /// The name's bytes, which live as long as the process.
    var bytes: UnsafeRawBufferPointer { text.rawBytes }

    /// Whether a record's header name is one that only Fieldseal may write.
    static func isReserved(_ name: UnsafeRawBufferPointer) -> Bool {
        let prefix = reservedPrefix.rawBytes
        return name.count >= prefix.count && UnsafeRawBufferPointer(rebasing: name[..<prefix.count]).equals(prefix)
    }

    /// The header that `name` names, or nil where it is none of these.
    static func matching(_ name: UnsafeRawBufferPointer) -> HeaderName? {
        allCases.first { $0.bytes.equals(name) }
    }
}
