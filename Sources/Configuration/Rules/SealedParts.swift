import KeyManagement
import Records

/// All that an `encrypt` section seals, as it stands in the file: for rules about how its parts fit together.
struct SealedParts {
    /// The fields of the value.
    let valueFields: [SectionValue]
    /// The fields of the key.
    let keyFields: [SectionValue]
    /// How a whole value is sealed.
    let valuePayload: SectionValue?
    /// How a whole key is sealed.
    let keyPayload: SectionValue?
    /// Whether a value is not looked into.
    let isValueOpaque: Bool
    /// The headers.
    let headers: [SectionValue]
    /// The key of fields that schemas choose.
    let tagKey: Located<KeySecretTemplate>?

    init(of section: SectionValue) {
        let value = section[EncryptSettings.recordValue]
        let key = section[EncryptSettings.recordKey]
        valueFields = value?[RecordValueSettings.fields]?.map(\.value) ?? []
        valuePayload = value?[RecordValueSettings.payload]
        keyFields = key?[RecordKeySettings.fields]?.map(\.value) ?? []
        keyPayload = key?[RecordKeySettings.payload]
        isValueOpaque = section[EncryptSettings.format] == .bytes
        headers = section[EncryptSettings.recordHeader]?.map(\.value) ?? []
        tagKey = section.located(EncryptSettings.defaultKeySecretId)
    }

    /// Every key's address.
    var keyTemplates: [Located<KeySecretTemplate>] {
        (keyFields + valueFields).compactMap { $0.located(FieldSettings.keySecretId) }
            + payloads.compactMap { $0.located(PayloadSettings.keySecretId) } + [tagKey].compactMap(\.self)
    }

    /// How many data keys a record may need.
    var keyCount: Int {
        struct Key: Hashable {
            let address: String?
            let algorithm: String?
        }
        let fields = (keyFields + valueFields).map {
            Key(address: $0[FieldSettings.keySecretId]?.text, algorithm: $0[FieldSettings.algorithm]?.rawValue)
        }
        let whole = payloads.map {
            Key(address: $0[PayloadSettings.keySecretId]?.text, algorithm: $0[PayloadSettings.algorithm]?.rawValue)
        }
        return Set(fields + whole).count
    }

    private var payloads: [SectionValue] {
        [keyPayload, valuePayload].compactMap(\.self) + headers.compactMap { $0[RecordHeaderSettings.payload] }
    }
}
