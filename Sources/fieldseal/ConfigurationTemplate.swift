import KeyManagement

/// A commented configuration of one pair, as `fieldseal init` writes it.
struct ConfigurationTemplate {
    /// What the pair does.
    enum Direction: String, CaseIterable {
        case encrypt
        case decrypt
    }

    var bootstrapServers: String
    var direction: Direction
    var source: String
    var target: String
    /// The paths of the fields; empty for a decrypt pair that opens all.
    var fields: [String]
    var key: KeySecretID

    /// The environment variable that the file reads; nil where it reads none.
    var variable: String? {
        switch key.address {
        case .vault: "VAULT_TOKEN"
        case .inMemory: "FIELDSEAL_TRIAL_KEY"
        case .aws, .gcp, .azure: nil
        }
    }

    /// The name of the pair: its source, with letters that no name has left out.
    var pair: String {
        let plain = source.filter { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
        let name = plain.isEmpty ? "pair" : plain
        return direction == .encrypt ? name : "\(name)-clear"
    }

    /// The file's text.
    var text: String {
        """
        # A configuration of Fieldseal. docs/configuration.md lists every key; `fieldseal check -c FILE` says whether the file is
        # valid, and with --live whether all that it names is there.

        # A name that no other running process has, such as a pod's: a restarted process then takes its partitions back
        # without a rebalance.
        # instance: "${HOSTNAME}"

        # librdkafka's properties, for all pairs.
        kafka:
          bootstrap.servers: \(Self.quoted(bootstrapServers))
          # security.protocol: SASL_SSL
          # sasl.mechanism: SCRAM-SHA-512
          # sasl.username: fieldseal
          # sasl.password: {file: /run/secrets/kafka-password}

        # Where the key-encryption keys are, which wrap the data keys.
        kms:
        \(kms)

        # Where pauses, skips and leases are kept, for all processes of these pairs.
        # control: {topic: fieldseal.control}

        # The audit trail, in the log alone unless a topic is named.
        # audit: {topic: fieldseal.audit}

        # Health, metrics and a status page.
        # admin: {listen: "127.0.0.1:9402", token: {file: /run/secrets/admin-token}}

        pairs:
          - name: \(Self.quoted(pair))
            # Read from here; the group begins at the earliest record where the target has never held any.
            source: \(Self.quoted(source))
            # Written to this topic, which is made like the source where it is missing.
            target: \(Self.quoted(target))
        \(action)

        """
    }

    private var action: String {
        switch direction {
        case .encrypt:
            let lines = fields.map {
                """
                          - fieldName: \(Self.quoted($0))
                            keySecretId: \(Self.quoted("\(key)"))
                """
            }
            return """
                    encrypt:
                      # A record that can't be encrypted holds its partition up; dead_letter puts it aside, sealed.
                      # onError: halt
                      recordValue:
                        # Nested: address.street, list elements: accounts[*].iban, map values: labels.*
                        fields:
                \(lines.joined(separator: "\n"))
                """
        case .decrypt:
            let list = fields.map(Self.quoted).joined(separator: ", ")
            let opened =
                fields.isEmpty
                ? "      # Only these fields; all without it.\n      # recordValueFields: [\"ssn\"]"
                : "      recordValueFields: [\(list)]"
            return """
                    decrypt:
                      # The keys that may be asked to open.
                      keks: [\(Self.quoted("\(key)"))]
                \(opened)
                    # Plain records only while someone wants them; leases take a control topic.
                    # demand: {consumers: true}
                """
        }
    }

    private var kms: String {
        switch key.address {
        case .vault(let host, _, _):
            """
              vault:
                uri: \(Self.quoted("\(Self.isLocal(host) ? "http" : "https")://\(host)"))
                # Others: APP_ROLE, USERNAME_PASSWORD, LDAP, JWT, KUBERNETES, CERT.
                type: TOKEN
                # Or {file: /run/secrets/vault-token}, which is read again for every use.
                token: "${VAULT_TOKEN}"
            """
        case .aws:
            """
              # Credentials come from AWS's default chain: the environment, a web identity, profiles, the instance.
              aws: {}
            """
        case .gcp:
            """
              # The account is that of GOOGLE_APPLICATION_CREDENTIALS, or the machine's own.
              gcp: {}
            """
        case .azure:
            """
              # The identity is the pod's or the machine's own; for another, tokenCredential.
              azure: {}
            """
        case .inMemory(let name):
            """
              # For trials only: whoever has this key can read the records. 32 bytes in base64.
              inMemory: {keys: {\(Self.quoted(name)): "${FIELDSEAL_TRIAL_KEY}"}}
            """
        }
    }

    /// Whether a host is this machine, where a KMS in development speaks http.
    private static func isLocal(_ host: String) -> Bool {
        let name = host.split(separator: ":").first ?? ""
        return name == "localhost" || name == "127.0.0.1" || host.hasPrefix("[::1]")
    }

    /// A text in YAML's double quotes; what the configuration would take for a variable stays as it is.
    private static func quoted(_ text: String) -> String {
        let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("${", with: "$${")
        return "\"\(escaped)\""
    }
}
