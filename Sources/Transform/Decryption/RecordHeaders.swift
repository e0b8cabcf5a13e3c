import Records

/// The headers that Fieldseal wrote to a record, found by name.
///
/// It borrows from the record.
struct RecordHeaders {
    private(set) var envelope: UnsafeRawBufferPointer?
    private(set) var sealedKey: UnsafeRawBufferPointer?
    private(set) var sealedValue: UnsafeRawBufferPointer?
    private(set) var originalKey: UnsafeRawBufferPointer?
    private(set) var originalValue: UnsafeRawBufferPointer?
    private(set) var opened: UnsafeRawBufferPointer?
    private(set) var defaulted: UnsafeRawBufferPointer?
    /// Whether some header's name begins with `fieldseal.`.
    private(set) var isTouched = false

    /// Throws where a header of Fieldseal's is null, unknown, doubled, or belongs to what this reader does not take.
    init(of record: RecordView) throws(TransformError) {
        for header in record.headers where HeaderName.isReserved(header.name) {
            isTouched = true
            guard let name = HeaderName.matching(header.name), let value = header.value else {
                throw TransformError(.malformedEnvelope, "a fieldseal.* header of the record is null or not known")
            }
            switch name {
            case .envelope where envelope == nil: envelope = value
            case .sealedValue where sealedValue == nil: sealedValue = value
            case .sealedKey where sealedKey == nil: sealedKey = value
            case .originalKey where originalKey == nil: originalKey = value
            case .originalValue where originalValue == nil: originalValue = value
            case .opened where opened == nil: opened = value
            case .defaulted where defaulted == nil: defaulted = value
            case .envelope, .sealedValue, .sealedKey, .originalKey, .originalValue, .opened, .defaulted:
                throw TransformError(.malformedEnvelope, "a fieldseal.* header stands twice in the record")
            case .error:
                throw TransformError(
                    .layoutMismatch, "the record carries a fieldseal.* header that its layout does not call for")
            }
        }
    }

    /// Whether an earlier decryptor opened some of the record.
    var isPartlyOpened: Bool { opened != nil || defaulted != nil }

    /// The header with the sealed original of a part.
    func original(_ part: RecordPart) -> UnsafeRawBufferPointer? {
        switch part {
        case .key: originalKey
        case .value: originalValue
        }
    }

    /// The header with the ciphertexts of a part.
    func sealed(_ part: RecordPart) -> UnsafeRawBufferPointer? {
        switch part {
        case .key: sealedKey
        case .value: sealedValue
        }
    }
}
