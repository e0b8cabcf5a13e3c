import Records

/// The two parts of a record that are sealed whole or in fields; headers are sealed each for itself.
enum RecordPart {
    case key
    case value

    /// As the AAD and `fieldseal.opened` name it.
    var name: StaticString {
        switch self {
        case .key: "key"
        case .value: "value"
        }
    }

    /// What the AAD of the part's ciphertexts of a type says of them; see `AdditionalData.label`.
    func label(of type: StaticString) -> OutputBuffer {
        OutputBuffer(holding: AdditionalData.label(part: name, type: type.rawBytes))
    }

    /// The header that holds the sealed original of a part that became JSON text.
    var originalHeader: HeaderName {
        switch self {
        case .key: .originalKey
        case .value: .originalValue
        }
    }

    /// The header that holds the ciphertexts which can't stand in the part itself.
    var sealedHeader: HeaderName {
        switch self {
        case .key: .sealedKey
        case .value: .sealedValue
        }
    }
}
