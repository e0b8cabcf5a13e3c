import Foundation
import TestServers
import Testing

extension EndToEndTests {
    /// Against the stand-ins that the vendors' own clients have proved.
    @Suite("Keys of Google Cloud and of Azure")
    struct CloudKeyTests {
        private static let email = "fieldseal-\(UUID().uuidString.lowercased())@p.iam.gserviceaccount.com"
        private static let ring =
            "projects/p/locations/europe-west3/keyRings/\(UUID().uuidString.lowercased())/cryptoKeys/"
        private static let client = UUID().uuidString.lowercased()

        private static let records = [
            TransformLine(key: "1", #"{"ssn":"123-45-6789","pin":7,"city":"Bonn"}"#),
            TransformLine(key: "2", #"{"ssn":null,"pin":[1,"x"],"city":"Kiel"}"#), TransformLine(key: "3", nil),
        ]

        /// Two keys on one of the stand-ins, as the configuration sees them.
        private struct Cloud {
            /// What stands under `kms`.
            let kms: String
            let environment: [String: String]
            let keys: [String]
            /// The key's own file, as a person would write it.
            var files: [String: String] = [:]
            let rotate: () throws -> Void

            var file: PairsFile {
                var file = PairsFile(fields: ["ssn"])
                file.kms = kms
                file.fields = [("ssn", keys[0]), ("pin", keys[1])]
                return file
            }
        }

        private static func gcp(_ way: String) throws -> Cloud {
            let cloud = try GCPCloud.shared.get()
            let account = try cloud.account(email, tokenAddress: cloud.stub.url + "/token")
            let names = ["pii", "money"].map { ring + $0 }
            for name in names {
                try cloud.makeKey(name)
                try cloud.grant(email, name)
            }
            let endpoint = #"endpoint: "\#(cloud.stub.url)""#
            let file = "serviceAccountCredentialsFilePath: sa.json, "
            let machine = "metadataServer: \"\(cloud.stub.url)/machine/\(email.prefix { $0 != "@" })\""
            return Cloud(
                kms: way == "metadata"
                    ? "{gcp: {\(endpoint), \(machine)}}"
                    : "{gcp: {\(file)tokenExchange: \(way == "exchange"), \(endpoint)}}",
                environment: [:], keys: names.map { "gcp-kms://" + $0 },
                files: ["sa.json": String(decoding: account, as: UTF8.self)],
                rotate: { try names.forEach(cloud.makeKey) })
        }

        private static func azure(_ way: String) throws -> Cloud {
            let cloud = try AzureCloud.shared.get()
            let application = try cloud.client(client)
            let names = ["pii-", "money-"].map { $0 + client }
            for name in names {
                try cloud.makeKey(name)
                try cloud.grant(client, name)
            }
            let url = cloud.stub.url
            let places = """
                vaults: [{host: \(AzureCloud.vault), endpoint: "\(url)"}], metadataServer: "\(url)/machine/\(client)"
                """
            let login = "tenantId: \(application.tenant), clientId: \(client)"
            var environment = ["AZ": application.secret]
            let credential: String
            switch way {
            case "secret":
                credential = #"tokenCredential: {\#(login), clientSecret: "${AZ}"}, authorityHost: "\#(url)", "#
            case "federated":
                credential = #"tokenCredential: {\#(login), federatedTokenFile: token}, authorityHost: "\#(url)", "#
            case "pod":
                let file = NSTemporaryDirectory() + "fieldseal-test-" + UUID().uuidString
                try cloud.subjectToken(client).write(toFile: file, atomically: true, encoding: .utf8)
                environment["AZURE_FEDERATED_TOKEN_FILE"] = file
                environment["AZURE_TENANT_ID"] = application.tenant
                environment["AZURE_CLIENT_ID"] = client
                environment["AZURE_AUTHORITY_HOST"] = url + "/"
                credential = ""
            default: credential = ""
            }
            return Cloud(
                kms: "{azure: {\(credential)\(places)}}", environment: environment,
                keys: names.map { "azure-kms://\(AzureCloud.vault)/keys/\($0)" },
                files: way == "federated" ? ["token": try cloud.subjectToken(client)] : [:],
                rotate: { for name in names { try cloud.makeKey(name) } })
        }

        @Test(
            "Records come back as they were, and an EDEK has the form of the wire format",
            arguments: [
                ("gcp", "file"), ("gcp", "exchange"), ("gcp", "metadata"), ("azure", "secret"), ("azure", "federated"),
                ("azure", "pod"), ("azure", "machine"),
            ])
        func roundTrip(provider: String, way: String) async throws {
            let cloud = try provider == "gcp" ? Self.gcp(way) : Self.azure(way)
            defer {
                if let file = cloud.environment["AZURE_FEDERATED_TOKEN_FILE"] {
                    try? FileManager.default.removeItem(atPath: file)
                }
            }
            var sealed: [TransformLine] = []
            for _ in 0..<2 {
                let (records, outcome) = try await FieldsealCommand.transform(
                    Self.records, by: "seal", of: cloud.file, files: cloud.files, environment: cloud.environment)
                #expect(outcome.status == 0, "\(outcome.errors)")
                #expect(records.allSatisfy { $0.error == nil }, "\(records.compactMap(\.error))")
                sealed += records
                // Those before and those after open.
                try cloud.rotate()
            }
            #expect(sealed.allSatisfy { $0.text?.contains("123-45") != true })
            for edek in try sealed.flatMap(Self.edeks) {
                let form = provider == "gcp" ? /[A-Za-z0-9+\/]+={0,2}/ : /[0-9a-f]{32}:[A-Za-z0-9+\/]+={0,2}/
                #expect(edek.wholeMatch(of: form) != nil, "\(edek)")
            }
            #expect(Set(try sealed.flatMap(Self.keks)).isSubset(of: Set(cloud.keys)))
            let (opened, outcome) = try await FieldsealCommand.transform(
                sealed, by: "open", of: cloud.file, files: cloud.files, environment: cloud.environment)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(opened.map(\.text) == (Self.records + Self.records).map(\.text))
        }

        @Test("A missing permission is a record's error that names it and the key", arguments: ["gcp", "azure"])
        func permission(provider: String) async throws {
            let cloud = try provider == "gcp" ? Self.gcp("file") : Self.azure("secret")
            var file = cloud.file
            file.fields[0].key += "-foreign"
            let (records, outcome) = try await FieldsealCommand.transform(
                [Self.records[0]], by: "seal", of: file, files: cloud.files, environment: cloud.environment)
            #expect(outcome.status == 3)
            let error = try #require(records.first?.error)
            #expect(error.reason == "key_refused")
            #expect(error.message.contains(file.fields[0].key))
            let permission =
                provider == "gcp"
                ? "cloudkms.cryptoKeyVersions.useToEncrypt" : "Microsoft.KeyVault/vaults/keys/wrap/action"
            #expect(error.message.contains(permission), "\(error.message)")
        }

        @Test("A login that is refused is told as such, in the service's words and without the secret")
        func login() async throws {
            var cloud = try Self.azure("secret")
            let secret = "wrong~secret~of~the~tests"
            var (records, outcome) = try await FieldsealCommand.transform(
                [Self.records[0]], by: "seal", of: cloud.file, environment: ["AZ": secret],
                options: ["--timeout", "2s"])
            #expect(outcome.status == 4)
            var message = try #require(records.first?.error?.message)
            #expect(message.contains("AADSTS7000215") && message.contains(cloud.keys[0]), "\(message)")
            #expect(!message.contains(secret) && !outcome.errors.contains(secret))

            cloud = try Self.gcp("exchange")
            let stale = cloud.files
            _ = try Self.gcp("exchange")
            (records, outcome) = try await FieldsealCommand.transform(
                [Self.records[0]], by: "seal", of: cloud.file, files: stale, options: ["--timeout", "2s"])
            #expect(outcome.status == 4)
            message = try #require(records.first?.error?.message)
            #expect(message.contains("Invalid JWT Signature") && message.contains(cloud.keys[0]), "\(message)")
        }

        @Test("A credentials file that is none is found before any record")
        func file() async throws {
            let cloud = try Self.gcp("file")
            for content in ["", "{}", #"{"type":"service_account"}"#] {
                let outcome = try await FieldsealCommand.run(
                    ["transform", "--pair", "seal"], configuration: cloud.file.text, files: ["sa.json": content])
                #expect(outcome.status == 2)
                #expect(outcome.output.isEmpty)
                #expect(outcome.errors.contains("sa.json"), "\(outcome.errors)")
            }
        }

        private static func keys(_ record: TransformLine) throws -> [[String: String]] {
            let envelope = try #require(record.header("fieldseal.envelope"))
            let line = try #require(envelope.split(separator: UInt8(ascii: "\n")).last)
            return try JSONDecoder().decode([[String: String]].self, from: Data(line))
        }

        private static func edeks(_ record: TransformLine) throws -> [String] {
            try keys(record).compactMap { $0["edek"] }
        }

        private static func keks(_ record: TransformLine) throws -> [String] {
            try keys(record).compactMap { $0["kek"] }
        }
    }
}
