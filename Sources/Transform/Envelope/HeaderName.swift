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
    @inline(__always)
    static func isReserved(_ name: UnsafeRawBufferPointer) -> Bool {
        // Asked of every header of every record: the first eight bytes at once rule out nearly all.
        let prefix = UnsafeRawPointer(reservedPrefix.utf8Start)
        guard name.count >= reservedPrefix.utf8CodeUnitCount, let start = name.baseAddress else { return false }
        return start.loadUnaligned(as: UInt64.self) == prefix.loadUnaligned(as: UInt64.self)
            && start.loadUnaligned(fromByteOffset: 8, as: UInt16.self)
                == prefix.loadUnaligned(fromByteOffset: 8, as: UInt16.self)
    }

    /// The header that `name` names, or nil where it is none of these.
    static func matching(_ name: UnsafeRawBufferPointer) -> HeaderName? {
        // Nearly every record carries this one.
        if envelope.bytes.equals(name) { return .envelope }
        return allCases.first { $0.bytes.equals(name) }
    }
}
