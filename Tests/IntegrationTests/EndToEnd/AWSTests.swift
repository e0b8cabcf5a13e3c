import Foundation
import TestServers
import Testing

extension EndToEndTests {
    @Suite("Keys in AWS KMS, by the built command")
    struct AWSTests {
        private func file(_ arn: String, _ aws: AWSStandIn, credentials: String = "") -> PairsFile {
            var file = PairsFile(fields: ["ssn", "banks[*].iban"])
            file.fields = file.fields.map { ($0.path, "aws-kms://" + arn) }
            file.kms = #"{aws: {region: eu-west-1, endpoint: "\#(aws.url)"\#(credentials)}}"#
            return file
        }

        private func environment(_ user: AWSStandIn.Identity) -> [String: String] {
            ["AWS_ACCESS_KEY_ID": user.id, "AWS_SECRET_ACCESS_KEY": user.secret]
        }

        private let records = [
            TransformLine(key: "1", #"{"ssn": "078-05-1120", "banks": [{"iban": "DE02"}, {"iban": null}]}"#),
            TransformLine(key: "2", #"{"ssn":7,"other":true}"#), TransformLine(key: "3", nil),
        ]

        @Test("What one user may encrypt, another may decrypt, by key and by alias", arguments: [false, true])
        func roundTrip(byAlias: Bool) async throws {
            let aws = try AWSStandIn.moto.get()
            let key = try aws.makeKey()
            let file = file(byAlias ? try aws.makeAlias(of: key) : key, aws)
            let writer = try environment(aws.makeUser(allowing: ["kms:Encrypt"]))
            let reader = try environment(aws.makeUser(allowing: ["kms:Decrypt"]))
            let (sealed, sealing) = try await FieldsealCommand.transform(
                records, by: "seal", of: file, environment: writer)
            #expect(sealing.status == 0, "\(sealing.errors)")
            #expect(sealed.first?.text?.contains("078-05-1120") == false)
            let (opened, opening) = try await FieldsealCommand.transform(
                sealed, by: "open", of: file, environment: reader)
            #expect(opening.status == 0, "\(opening.errors)")
            #expect(opened.map(\.text) == records.map(\.text))
            let (refused, refusal) = try await FieldsealCommand.transform(
                [sealed[0]], by: "open", of: file, environment: writer)
            #expect(refusal.status == 3)
            #expect(refused.first?.error?.reason == "key_refused")
            #expect(refused.first?.error?.message.contains("allow kms:Decrypt on this key") == true)
        }

        @Test("Credentials in the file are used, and are in no message")
        func basicCredentials() async throws {
            let aws = try AWSStandIn.moto.get()
            let user = try aws.makeUser(allowing: ["kms:Encrypt"])
            let key = try aws.makeKey()
            for (secret, status) in [(user.secret, Int32(0)), ("wrong-secret-of-this-test", 4)] {
                let file = file(
                    key, aws,
                    credentials: #", basicCredentials: {accessKey: "\#(user.id)", secretKey: "${SECRET}"}"#)
                let (sealed, outcome) = try await FieldsealCommand.transform(
                    records, by: "seal", of: file, environment: ["SECRET": secret], options: ["--timeout", "1s"])
                #expect(outcome.status == status, "\(outcome.errors)")
                #expect(!outcome.errors.contains(secret))
                #expect(!sealed.contains { $0.error?.message.contains(secret) == true })
            }
        }
    }
}
