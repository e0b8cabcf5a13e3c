import SchemaRegistry

/// The keys of `schemaRegistry`.
enum SchemaRegistryKeys {
    static let url = Setting(
        "url", .address, .required, "The registry's address, such as `https://registry:8081`.")
    static let basicAuth = Setting(
        "basicAuth", .section(basicAuthSection), .optional("no credentials"), "A user name and password.")
    static let bearerToken = Setting(
        "bearerToken", .secret("a token"), .optional("no credentials"), "A bearer token, instead of `basicAuth`.")
    static let caFile = Setting(
        "caFile", .file, .optional("the system's authorities"),
        "The authorities (PEM) that the server's certificate must come from.")
    static let certificateFile = Setting(
        "certificateFile", .file, .optional("no client certificate"), "The client's certificate chain (PEM).")
    static let keyFile = Setting(
        "keyFile", .file, .optional("in `certificateFile`"), "The client certificate's unencrypted private key (PEM).")
    static let cacheSize = Setting(
        "cacheSize", .integer(1...1_000_000), .defaulted(SchemaRegistrySettings.defaultCacheSize),
        "How many schemas are kept in memory.")

    static let section = Section(
        "schemaRegistry",
        "Confluent's REST API. A pair's own `schemaRegistry` stands in the place of the whole top one.",
        [url, basicAuth, bearerToken, caFile, certificateFile, keyFile, cacheSize])

    static let username = Setting(
        "username",
        .scalar("a name without a colon") { found in
            found.text.isEmpty || found.text.contains(":") ? .refused() : .value(found.text)
        }, .required, "The user name.")
    static let password = Setting("password", .secret("a password"), .required, "The password.")

    private static let basicAuthSection = Section(
        "schemaRegistry.basicAuth", "HTTP basic authentication.", [username, password])
}
