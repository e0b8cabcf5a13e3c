import Cryptography
import Foundation
import KeyManagement
import Pipeline
import Records
import Testing
import Transform

@testable import Configuration

@Suite struct LoadTests {
    @Test("A small file makes a pair with the defaults")
    func defaults() throws {
        let file = ConfigurationFile()
        #expect(file.diagnostics.isEmpty)
        let configuration = try file.configuration()
        #expect(configuration.instance == nil)
        #expect(!configuration.leavesOnShutdown)
        let pair = try #require(configuration.pairs.first)
        #expect(configuration.pairs.count == 1)
        #expect(!pair.hasOwnKeyManagement && !pair.hasOwnSchemaRegistry)
        #expect(pair.schemaRegistry == nil)
        #expect(pair.keyManagement.vault?.uri == "http://localhost:8200")
        let topics = pair.topics
        #expect([topics.name, topics.source, topics.target] == ["customers", "customers", "customers.encrypted"])
        #expect(topics.groupID == "fieldseal.customers")
        #expect(topics.workers == 1 && topics.delivery == .exactlyOnce && topics.startFrom == nil)
        #expect(topics.commitLimits == TopicPair.CommitLimits())
        #expect(topics.targetTopic == TopicPair.TargetTopic())
        #expect(topics.kafka == TopicPair.KafkaSettings(common: ["bootstrap.servers": "localhost:9092"]))
        let rules = try #require(topics.encryption)
        #expect(rules.value.format == .auto && rules.padding == 16 && rules.bindsKey && rules.value.schemaText == nil)
        #expect(rules.value.fields.map(\.path.description) == ["ssn"])
        #expect(rules.value.fields[0].key.text == "vault-kms://localhost:8200/transit/keys/pii")
        #expect(rules.value.fields[0].algorithm == .aes128GCM && !rules.value.fields[0].isRequired)
    }

    @Test("AWS credentials are taken from where the file says, and else from AWS's default chain")
    func awsCredentials() throws {
        func aws(_ section: String) throws -> AWSSettings {
            let file = ConfigurationFile(
                replacing: "kms: {", with: "kms: {aws: {\(section)}, ",
                environment: ["AWS_PROFILE": "p", "HOME": "/h", "SECRET": "x"], files: ["secret.txt": "s\n"])
            return try #require(file.configuration().keyManagement.aws)
        }
        let chain = try aws("region: eu-west-1, endpoint: \"http://localhost:4566\"")
        guard case .defaultChain = chain.credentials else { throw Mismatch() }
        #expect(chain.region == "eu-west-1" && chain.endpoint == "http://localhost:4566" && !chain.allowsInsecure)
        #expect(chain.environment == ["AWS_PROFILE": "p", "HOME": "/h"])
        guard case .profile("team") = try aws("profile: team").credentials else { throw Mismatch() }
        let basic = try aws("basicCredentials: {accessKey: AKID, secretKey: {file: secret.txt}}").credentials
        guard case .accessKey(.text(let id), .file(let path), nil) = basic else { throw Mismatch() }
        #expect(id.count == 4 && path.hasSuffix("/secret.txt"))
        let session = try aws("sessionCredentials: {accessKey: A, secretKey: b, sessionToken: \"${SECRET}\"}")
            .credentials
        guard case .accessKey(.text, .text, .text(let token)) = session else { throw Mismatch() }
        #expect(token.count == 1)
    }

    private struct Mismatch: Error {}

    @Test("Every setting arrives where it belongs")
    func settings() throws {
        let schema = """
            {"type": "record", "name": "R", "fields": [{"name": "a", "type":
              {"type": "map", "values": {"type": "array", "items": "int"}}}]}
            """
        let file = ConfigurationFile(
            """
            instance: pod-1
            onShutdown: leave
            kafka:
              bootstrap.servers: a:9092
              client.id: top
              consumer: {fetch.min.bytes: 7}
            schemaRegistry: {url: "http://localhost:8081/sr", bearerToken: abc, cacheSize: 5}
            kms: {keyTtlMs: 0, maxUses: 4294967296, maxBytes: 1, maxKeys: 2, inMemory: {random: [scratch]}}
            pairs:
              - name: one
                source: in
                target: out
                targetTopic: {create: false, partitions: 3, replicationFactor: 2, config: {retention.ms: -1}}
                groupId: g
                workers: 4
                delivery: at_least_once
                commitIntervalMs: 1
                commitMaxRecords: 2
                commitMaxBytes: 3
                startFrom: 2026-01-31T01:00:00.25+01:00
                kafka: {client.id: own, consumer: {fetch.min.bytes: 8}, producer: {linger.ms: 9}}
                encrypt:
                  format: avro
                  schemaFile: a.avsc
                  schemaDataMode: convert_json
                  padding: 0
                  bindKey: false
                  onError: halt
                  recordValue:
                    fields:
                      - {fieldName: 'a."b.c"[*]', keySecretId: "in-memory-kms://scratch", required: true,
                         algorithm: XCHACHA20_POLY1305}
              - name: two
                source: out
                target: back
                startFrom: latest
                decrypt: {errorPolicy: fail, onPlain: pass, acceptTopics: [old], recordValueFields: [a], format: avro}
            """, files: ["a.avsc": schema])
        let configuration = try file.configuration()
        #expect(configuration.instance == "pod-1" && configuration.leavesOnShutdown)
        let kms = configuration.keyManagement
        #expect(kms.keyTtlMilliseconds == 0 && kms.maxUses == 1 << 32 && kms.maxBytes == 1 && kms.maxKeys == 2)
        #expect(kms.inMemory?.randomKeys == ["scratch"])
        #expect(configuration.schemaRegistry?.url == "http://localhost:8081/sr")
        #expect(configuration.schemaRegistry?.cacheSize == 5)
        #expect(configuration.schemaRegistry?.bearerToken.map(text) == "abc")
        let one = configuration.pairs[0].topics
        #expect(one.groupID == "g" && one.workers == 4 && one.delivery == .atLeastOnce)
        #expect(one.instance == "pod-1" && one.leavesOnShutdown)
        #expect(one.commitLimits == TopicPair.CommitLimits(intervalMilliseconds: 1, records: 2, bytes: 3))
        #expect(one.startFrom == .time(1_769_817_600_250))
        #expect(
            one.targetTopic
                == TopicPair.TargetTopic(
                    isCreated: false, partitions: 3, replicationFactor: 2, configuration: ["retention.ms": "-1"]))
        #expect(
            one.kafka
                == TopicPair.KafkaSettings(
                    common: ["bootstrap.servers": "a:9092", "client.id": "own"], consumer: ["fetch.min.bytes": "8"],
                    producer: ["linger.ms": "9"]))
        let encryption = try #require(one.encryption)
        #expect(encryption.value.format == .avro && encryption.padding == 0 && !encryption.bindsKey)
        #expect(encryption.value.schemaText == schema && encryption.value.schemaDataMode == .convertJSON)
        let field = encryption.value.fields[0]
        #expect(field.path.description == "a.\"b.c\"[*]" && field.isRequired && field.algorithm == .xChaCha20Poly1305)
        let two = configuration.pairs[1].topics
        #expect(two.startFrom == .latest)
        #expect(two.kafka.common["client.id"] == "top" && two.kafka.consumer == ["fetch.min.bytes": "7"])
        let decryption = try #require(two.decryption)
        #expect(decryption.errorPolicy == .fail && decryption.plainPolicy == .pass)
        #expect(decryption.acceptedTopics == ["old"] && decryption.valueFields.map(\.description) == ["a"])
        #expect(decryption.keks.map(\.text) == ["in-memory-kms://scratch"])
    }

    @Test("Every part of a record may be sealed, and asked for")
    func parts() throws {
        let schema = #"{"type": "record", "name": "K", "fields": [{"name": "id", "type": "int"}]}"#
        let file = ConfigurationFile(
            """
            kafka: {bootstrap.servers: "a:9092"}
            kms: {inMemory: {random: [a, b, c, d]}}
            pairs:
              - name: one
                source: in
                target: out
                encrypt:
                  recordValue:
                    payload: {keySecretId: "in-memory-kms://a", algorithm: AES256_GCM}
                    compressionType: zstd
                  recordKey:
                    format: avro
                    schemaFile: k.avsc
                    fields: [{fieldName: id, keySecretId: "in-memory-kms://b"}]
                  recordHeader: {header: "x-.*", payload: {keySecretId: "in-memory-kms://c"}}
                  allowCompactedKeys: true
              - name: two
                source: in
                target: out2
                encrypt:
                  recordKey: {payload: {keySecretId: "in-memory-kms://a"}}
                  recordHeader:
                    - {header: "x-.*", payload: {keySecretId: "in-memory-kms://c"}}
                    - {header: y, payload: {keySecretId: "in-memory-kms://d", algorithm: CHACHA20_POLY1305}}
              - name: back
                source: out
                target: clear
                decrypt:
                  recordKeyFields: [id]
                  recordHeaderFields: [x-a]
                  recordKey: {format: avro, schemaFile: k.avsc}
                  errorPolicy: default_value
                  acceptPartlyOpened: true
                  maxPayloadBytes: 1024
            """, files: ["k.avsc": schema])
        let configuration = try file.configuration()
        let one = try #require(configuration.pairs[0].topics.encryption)
        guard case .payload(let payload) = one.value.sealing else {
            Issue.record("the value is not sealed whole")
            return
        }
        #expect(
            payload.key.text == "in-memory-kms://a" && payload.algorithm == .aes256GCM && payload.compression == .zstd)
        #expect(
            one.key.fields.map(\.path.description) == ["id"] && one.key.format == .avro && one.key.schemaText == schema)
        #expect(
            one.headers.map(\.name.text) == ["x-.*"] && one.headers[0].algorithm == .aes128GCM
                && one.allowsCompactedKeys)
        let two = try #require(configuration.pairs[1].topics.encryption)
        #expect(!two.value.isSealed && two.key.isSealed && !two.allowsCompactedKeys)
        #expect(two.headers.map(\.name.text) == ["x-.*", "y"] && two.headers[1].algorithm == .chaCha20Poly1305)
        let back = try #require(configuration.pairs[2].topics.decryption)
        #expect(back.keks.map(\.text) == ["in-memory-kms://b", "in-memory-kms://a", "in-memory-kms://c"])
        #expect(
            back.keyFields.map(\.description) == ["id"] && back.headerNames == ["x-a"] && back.keySchemaText == schema)
        #expect(back.errorPolicy == .defaultValue && back.acceptsPartlyOpened && back.maximumPayloadBytes == 1024)
    }

    @Test("A decrypt pair without keks takes the keys that its source is written with, templates as wildcards")
    func defaultKeks() throws {
        let file = ConfigurationFile(
            ConfigurationFile.valid + """
                          - fieldName: iban
                            keySecretId: "vault-kms://localhost:8200/transit/keys/{{record.header.tenant}}-x"
                          - {fieldName: city, keySecretId: "vault-kms://localhost:8200/transit/keys/pii"}
                  - {name: clear, source: customers.encrypted, target: clear, decrypt: {}}
                  - {name: all, source: other, target: all, decrypt: {keks: ["vault-kms://localhost:8200/*/keys/*"]}}
                """)
        let configuration = try file.configuration()
        #expect(
            configuration.pairs[1].topics.decryption?.keks.map(\.text) == [
                "vault-kms://localhost:8200/transit/keys/pii", "vault-kms://localhost:8200/transit/keys/*-x",
            ])
        #expect(
            configuration.pairs[2].topics.decryption?.keks.map(\.text) == ["vault-kms://localhost:8200/*/keys/*"])
    }

    @Test("A pair with its own brokers inherits no property, so that no password reaches them")
    func ownBrokers() throws {
        let file = ConfigurationFile(
            """
            kafka: {bootstrap.servers: a, sasl.password: p, consumer: {client.id: c}}
            kms: {vault: {uri: "http://localhost:8200", token: s3cr3t}}
            pairs:
              - name: one
                source: in
                target: out
                kafka: {bootstrap.servers: b}
                decrypt: {keks: ["vault-kms://localhost:8200/transit/keys/pii"]}
            """)
        let kafka = try file.configuration().pairs[0].topics.kafka
        #expect(kafka == TopicPair.KafkaSettings(common: ["bootstrap.servers": "b"]))
    }

    @Test("A pair's own KMS and registry stand in the place of the top ones")
    func ownServices() throws {
        let file = ConfigurationFile(
            """
            kafka: {bootstrap.servers: a}
            schemaRegistry: {url: "https://top", bearerToken: t}
            kms: {keyTtlMs: 5, vault: {uri: "https://top", token: s3cr3t}}
            pairs:
              - name: one
                source: in
                target: out
                schemaRegistry: {url: "https://own"}
                kms: {vault: {uri: "https://own:8200", token: {file: token}, aliases: ["Other:1"], namespace: n}}
                decrypt: {keks: ["vault-kms://own:8200/transit/keys/pii", "vault-kms://other:1/transit/keys/*"]}
            """, files: ["token": "abc\n"])
        let pair = try file.configuration().pairs[0]
        #expect(pair.hasOwnKeyManagement && pair.hasOwnSchemaRegistry)
        #expect(pair.schemaRegistry?.url == "https://own" && pair.schemaRegistry?.bearerToken == nil)
        #expect(pair.keyManagement.keyTtlMilliseconds == 3_600_000)
        let vault = try #require(pair.keyManagement.vault)
        #expect(vault.uri == "https://own:8200" && vault.aliases == ["other:1"] && vault.namespace == "n")
        guard case .token(.file(let path)) = vault.authentication else {
            Issue.record("a token from a file is read again later")
            return
        }
        #expect(path.hasSuffix("/token"))
    }

    @Test("Vault may be spoken to over http on this machine, or elsewhere where a person insists")
    func insecure() {
        for uri in ["http://localhost:8200", "http://127.0.0.1:8200", "http://127.8.9.1", "http://[::1]:8200"] {
            let host = uri.dropFirst("http://".count)
            let file = ConfigurationFile(
                ConfigurationFile.valid.replacingOccurrences(of: "localhost:8200", with: host))
            #expect(file.diagnostics.isEmpty, "\(uri)")
        }
        let file = ConfigurationFile(
            ConfigurationFile.valid.replacingOccurrences(of: "localhost:8200", with: "vault:8200")
                .replacingOccurrences(of: "token: s3cr3t", with: "token: s3cr3t, allowInsecure: true"))
        #expect(file.diagnostics.isEmpty)
    }

    @Test("Credentials for a registry over http beyond this machine are warned of")
    func registryWarning() {
        let text = "schemaRegistry: {url: \"http://registry:8081\", bearerToken: t}\npairs:\n"
        let file = ConfigurationFile(replacing: "pairs:\n", with: text)
        #expect(
            file.diagnostics == [
                "3:23: warning: schemaRegistry.url: the credentials go over http, in the clear, beyond this machine"
            ])
    }

    @Test("A field that the schema file lacks is warned of where a registry may know other schemas")
    func lackingField() {
        let file = ConfigurationFile(
            "schemaRegistry: {url: \"https://registry\"}\n"
                + ConfigurationFile.valid.replacingOccurrences(
                    of: "    encrypt:\n", with: "    encrypt:\n      schemaFile: a.avsc\n"),
            files: ["a.avsc": #"{"type": "record", "name": "R", "fields": [{"name": "sn", "type": "string"}]}"#])
        #expect(
            file.diagnostics == [
                "12:24: warning: pairs[0].encrypt.recordValue.fields[0].fieldName: found \"ssn\", which no record of the "
                    + "schema in schemaFile has"
            ])
    }

    @Test("Keys in memory are accepted with a warning")
    func inMemory() throws {
        let key = Data(repeating: 7, count: 32).base64EncodedString()
        let file = ConfigurationFile(
            ConfigurationFile.valid
                .replacingOccurrences(of: "vault-kms://localhost:8200/transit/keys/pii", with: "in-memory-kms://dev")
                .replacingOccurrences(of: "token: s3cr3t}", with: "token: s3cr3t}, inMemory: {keys: {dev: \"\(key)\"}}")
        )
        #expect(file.diagnostics.count == 1)
        #expect(file.diagnostics[0].hasPrefix("2:61: warning: kms.inMemory: in-memory-kms is for development"))
        let settings = try file.configuration().keyManagement.inMemory
        #expect(settings?.keys["dev"]?.count == 32)
    }

    @Test("Only so many pairs, fields and keys are taken")
    func bounds() {
        let field = "          - fieldName: ssn\n"
        let key = "            keySecretId: vault-kms://localhost:8200/transit/keys/pii\n"
        func fields(_ count: Int, key: (Int) -> String) -> String {
            (0..<count).map { "          - {fieldName: f\($0), keySecretId: \"\(key($0))\"}\n" }.joined()
        }
        let manyFields = fields(1_001) { _ in "vault-kms://localhost:8200/transit/keys/pii" }
        #expect(
            ConfigurationFile(replacing: field + key, with: manyFields).diagnostics == [
                "10:11: error: pairs[0].encrypt.recordValue.fields: found 1001 fields; at most 1000 are allowed"
            ])
        let manyKeys = fields(65) { "vault-kms://localhost:8200/transit/keys/pii\($0)" }
        #expect(
            ConfigurationFile(replacing: field + key, with: manyKeys).diagnostics == [
                "8:7: error: pairs[0].encrypt: found 65 different pairs of keySecretId and "
                    + "algorithm; an envelope has room for 64"
            ])
        let pairs = (0..<1_000).map { "  - {name: p\($0), source: s, target: t, decrypt: {}}\n" }.joined()
        #expect(
            ConfigurationFile(ConfigurationFile.valid + pairs).diagnostics.contains(
                "3:1: error: pairs: found 1001 pairs; at most 1000 are allowed"))
    }

    @Test("A file that can't be read is an error of its own")
    func unreadable() {
        let error = #expect(throws: ConfigurationError.self) {
            try FieldsealConfiguration.load(path: "/nowhere/fieldseal.yaml", environment: [:])
        }
        #expect(
            error?.description
                == "/nowhere/fieldseal.yaml:1:1: error: can't read the configuration: No such file or directory")
    }

    @Test("The listener takes tokens and clients with their roles; a token alone may do everything")
    func admin() throws {
        let file = ConfigurationFile(
            replacing: "pairs:\n",
            with: """
                admin:
                  listen: "[::1]:9500"
                  token: {file: secret.txt}
                  tokens: [{name: grafana, token: "${TOKEN}"}, {name: ann, token: "${OTHER}", role: [operator, reader]}]
                  certificateFile: cert.pem
                  keyFile: key.pem
                  clientCaFile: ca.pem
                  clients: [{name: Prometheus, role: viewer}]
                pairs:

                """,
            environment: ["TOKEN": "0123456789abcdef", "OTHER": "123456789abcdef0"],
            files: ["secret.txt": "23456789abcdef01\n", "cert.pem": "", "key.pem": "", "ca.pem": ""])
        #expect(file.diagnostics.isEmpty)
        let admin = try #require(try file.configuration().admin)
        #expect(admin.host == "::1")
        #expect(admin.port == 9500)
        #expect(admin.tokens.map(\.name) == ["admin", "grafana", "ann"])
        #expect(admin.tokens.map(\.roles) == [[.viewer, .operator, .reader], [.viewer], [.operator, .reader]])
        #expect(admin.clients == [.init(name: "Prometheus", roles: [.viewer])])
        #expect(admin.tls?.certificateFile.hasSuffix("/cert.pem") == true)
        #expect(admin.tls?.keyFile?.hasSuffix("/key.pem") == true)
        #expect(admin.tls?.clientAuthorityFile?.hasSuffix("/ca.pem") == true)
        guard case .file(let path) = admin.tokens[0].secret else {
            Issue.record("the token's file is not read again")
            return
        }
        #expect(path.hasSuffix("/secret.txt"))
    }

    @Test(
        "A listener that other machines reach is warned of where it has no token, or one in the clear",
        arguments: [
            (#"listen: "0.0.0.0""#, ["without a token, other machines are answered only /livez and /readyz"]),
            (#"listen: "0.0.0.0", token: 0123456789abcdef"#, ["the token goes over http, in the clear"]),
            (#"listen: "127.0.0.1", token: short"#, ["the token has fewer than 16 characters"]),
            (#"listen: "localhost", token: 0123456789abcdef"#, []),
        ])
    func exposedListener(_ section: String, _ warnings: [String]) throws {
        let file = ConfigurationFile(replacing: "pairs:\n", with: "admin: {\(section)}\npairs:\n")
        #expect(try file.configuration().admin?.port == 9402)
        #expect(file.diagnostics.count == warnings.count)
        for (found, expected) in zip(file.diagnostics, warnings) {
            #expect(found.contains(": warning: ") && found.contains(expected), "\(found)")
        }
    }

    @Test("Relative paths start from the folder of the file")
    func folder() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "fieldseal-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let text = ConfigurationFile.valid.replacingOccurrences(of: "target: c", with: "target: {file: name} #c")
        try Data(text.utf8).write(to: folder.appending(path: "f.yaml"))
        try Data("from.a.file\r\n".utf8).write(to: folder.appending(path: "name"))
        let path = folder.appending(path: "f.yaml").path
        let loaded = try FieldsealConfiguration.load(path: path, environment: [:])
        #expect(loaded.configuration.pairs[0].topics.target == "from.a.file")
    }

    private func text(_ secret: SecretBytes) -> String {
        secret.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }
}

extension TopicPair {
    fileprivate var encryption: EncryptionRules? {
        if case .encrypt(let rules) = action { rules } else { nil }
    }

    fileprivate var decryption: DecryptionRules? {
        if case .decrypt(let rules) = action { rules } else { nil }
    }
}
