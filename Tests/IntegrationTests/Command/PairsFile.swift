/// A configuration file with a pair that seals, "seal" from "raw" to "sealed", and one that opens, "open" from "sealed" to
/// "opened".
struct PairsFile {
    /// Where no broker is asked.
    static let noBroker = "127.0.0.1:1"

    /// The fields that are sealed, and with which key.
    var fields: [(path: String, key: String)]
    /// What stands under `kms`, in YAML's flow style.
    var kms: String
    var bootstrapServers = Self.noBroker
    var instance: String?
    var delivery = "exactly_once"
    var commitIntervalMs = 20
    var algorithm = "AES256_GCM"
    /// What each pair reads and writes.
    var sealTopics = (source: "raw", target: "sealed")
    var openTopics = (source: "sealed", target: "opened")
    /// What stands in place of the fields under `encrypt`, if anything does.
    var sealing: String?
    /// More lines at the top, for each pair and for `encrypt`, one each.
    var top = ""
    var pair = ""
    var encrypt = ""
    /// More lines for the pair that opens, one each.
    var openPair = ""
    /// The content of `decrypt`, in YAML's flow style.
    var decrypt = "errorPolicy: fail"

    /// A file whose keys are in a vault; the token is taken from VAULT_TOKEN.
    init(vault: TestVault, broker: TestBroker? = nil, fields: [(path: String, key: String)], settings: String = "") {
        self.fields = fields.map { ($0.path, vault.key($0.key)) }
        kms = #"{vault: {uri: "\#(vault.uri)", type: TOKEN, token: "${VAULT_TOKEN}"}\#(settings)}"#
        if let broker { bootstrapServers = broker.bootstrapServers }
    }

    /// A file whose keys, "pii" and "other", are in memory, the same in every process.
    init(fields: [String]) {
        self.fields = fields.map { ($0, "in-memory-kms://pii") }
        kms = """
            {inMemory: {keys: {pii: "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=", \
            other: "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI="}}}
            """
    }

    /// The text of the file.
    var text: String {
        let sealed = fields.map {
            #"{fieldName: \#(Self.quoted($0.path)), keySecretId: "\#($0.key)", algorithm: \#(algorithm)}"#
        }
        return """
            \(instance.map { "instance: \($0)" } ?? "")
            kafka:
              bootstrap.servers: \(bootstrapServers)
              consumer: {receive.message.max.bytes: "1000000000"}
            kms: \(kms)
            \(top)
            pairs:
              - name: seal
                source: '\(sealTopics.source)'
                target: '\(sealTopics.target)'
                \(common)
                encrypt:
                  \(sealing ?? (fields.isEmpty ? "" : "recordValue: {fields: [\(sealed.joined(separator: ", "))]}"))
                  \(encrypt)
              - name: open
                source: '\(openTopics.source)'
                target: '\(openTopics.target)'
                \(common)
                \(openPair)
                decrypt: {\(decrypt)}

            """
    }

    /// A text in YAML's double quotes.
    private static func quoted(_ text: String) -> String {
        "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }

    private var common: String {
        """
        delivery: \(delivery)
            commitIntervalMs: \(commitIntervalMs)
            targetTopic: {config: {retention.ms: "-1"}}
            \(pair)
        """
    }
}
