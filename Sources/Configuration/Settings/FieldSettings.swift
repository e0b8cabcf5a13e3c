import Cryptography

/// The keys of `pairs[].encrypt.recordValue.fields[]`.
enum FieldSettings {
    static let fieldName = Setting(
        "fieldName", .fieldPath, .required,
        "Where the field is: `ssn`, `customer.address.street`, `banks[0].iban`, `banks[*].iban` for every element, "
            + "`labels.*` for every member or map value.")
    static let keySecretId = Setting(
        "keySecretId", .keyTemplate, .required,
        "The KEK's address. The key's name may be filled in from each record: `{{record.topic}}`, `{{record.key}}`, "
            + "`{{record.value.path}}`, `{{record.header.name}}`.")
    static let algorithm = Setting(
        "algorithm", .choice(Algorithm.self), .defaulted(.aes128GCM), "How the field is sealed.")
    static let required = Setting(
        "required", .boolean, .defaulted(false), "Whether a record in which the field is missing or null is an error.")

    static let section = Section(
        "pairs[].encrypt.recordValue.fields[]", "", [fieldName, keySecretId, algorithm, required])
}
