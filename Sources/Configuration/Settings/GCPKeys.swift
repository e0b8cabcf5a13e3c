import KeyManagement

/// The keys of `kms.gcp`.
enum GCPKeys {
    static let credentialsFile = Setting(
        "serviceAccountCredentialsFilePath", .file,
        .optional("the file that `GOOGLE_APPLICATION_CREDENTIALS` names, else the metadata server"),
        "The JSON file of a service account's key, or of workload identity federation (`external_account`). It is read "
            + "again for every login.")
    static let tokenExchange = Setting(
        "tokenExchange", .boolean, .defaulted(false),
        "Exchanges a service account's key for tokens at Google's token service. Otherwise Fieldseal signs tokens that "
            + "Cloud KMS takes by itself.")
    static let endpoint = Setting(
        "endpoint", .address, .optional("`\(GCPSettings.defaultEndpoint)`"),
        "Where Cloud KMS is reached, such as by a private endpoint.")
    static let metadataServer = Setting(
        "metadataServer", .address, .optional("`\(GCPSettings.defaultMetadataServer)`"),
        "Where the machine's metadata server is reached.")
    static let caFile = Setting(
        "caFile", .file, .optional("the system's authorities"),
        "The authorities (PEM) that the servers' certificates must come from, those of the logins too.")
    static let allowInsecure = Setting(
        "allowInsecure", .boolean, .defaulted(false),
        "Accepts `http` addresses beyond this machine. Tokens and data keys then cross the network in the clear.")

    static let section = Section(
        "kms.gcp",
        "Google Cloud KMS. The account needs `cloudkms.cryptoKeyVersions.useToEncrypt` or `...useToDecrypt` on the keys. "
            + "`gcp: {}` takes the machine's own account.",
        [credentialsFile, tokenExchange, endpoint, metadataServer, caFile, allowInsecure])
}
