import Records

/// The headers that Fieldseal wrote to a record, found by name.
///
/// It borrows from the record.
struct RecordHeaders {
    private(set) var envelope: UnsafeRawBufferPointer?
    private(set) var sealedValue: UnsafeRawBufferPointer?
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
            case .envelope, .sealedValue:
                throw TransformError(.malformedEnvelope, "a fieldseal.* header stands twice in the record")
            case .opened, .defaulted:
                throw TransformError(
                    .malformedEnvelope, "the record was opened in part by another pair; read the topic that one reads")
            case .sealedKey, .originalKey, .originalValue, .error:
                throw TransformError(
                    .layoutMismatch, "the record carries a fieldseal.* header that its layout does not call for")
            }
        }
    }
}
