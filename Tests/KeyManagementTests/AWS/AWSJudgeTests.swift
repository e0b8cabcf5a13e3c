import Foundation
import Records
import TestServers
import Testing

@testable import KeyManagement

/// AWS's own client for Python judges what `aws-kms` wraps and unwraps, on each stand-in, which so is judged too.
@Suite struct AWSJudgeTests {
    private struct Request: Encodable {
        let op: String
        let key: String
        let topic: String
        let data: Data
    }

    private struct Answer: Decodable {
        let data: Data?
        let error: String?
    }

    private func ask(_ requests: [Request], _ aws: AWSStandIn, _ user: AWSStandIn.Identity) throws -> [Answer] {
        let input = try requests.map { try JSONEncoder().encode($0) + [10] }.reduce(Data(), +)
        let run = try CommandRun(
            [Project.python, Project.folder + "/Tests/Python/aws_judge.py", aws.url, user.id, user.secret],
            input: input)
        return try run.output.split(separator: 10).map { try JSONDecoder().decode(Answer.self, from: $0) }
    }

    @Test(arguments: [AWSStandIn.Kind.moto, .ministack])
    func boto3OpensWhatIsWrappedHereAndTheReverse(kind: AWSStandIn.Kind) throws {
        let aws = try (kind == .moto ? AWSStandIn.moto : AWSStandIn.ministack).get()
        let arn = try aws.makeKey()
        let user = try aws.makeUser(allowing: ["kms:Encrypt", "kms:Decrypt"])
        let key = try KeySecretID(parsing: "aws-kms://" + arn)
        func secret(_ text: String) -> SecretSource { .text(SecretBytes(copying: Array(text.utf8))) }
        let service = try AWSService(
            AWSSettings(
                credentials: .accessKey(id: secret(user.id), secret: secret(user.secret), sessionToken: nil),
                endpoint: aws.url))
        let dataKeys = [16, 32, 48, 64].map { count in Data((0..<count).map { UInt8(truncatingIfNeeded: $0 * 11 + 3) })
        }
        let wrapped = try dataKeys.map { dataKey in
            try service.wrap(SecretBytes(copying: [UInt8](dataKey)), under: key, topic: "customers", within: 5_000)
        }
        let blobs = wrapped.map { Data(base64Encoded: Data($0))! }
        let opened = try ask(
            blobs.map { Request(op: "unwrap", key: arn, topic: "customers", data: $0) }
                + [Request(op: "unwrap", key: arn, topic: "orders", data: blobs[0])]
                + dataKeys.map { Request(op: "wrap", key: arn, topic: "customers", data: $0) }, aws, user)
        #expect(opened.prefix(4).map(\.data) == dataKeys)
        #expect(opened[4].error == "InvalidCiphertextException")
        for (dataKey, answer) in zip(dataKeys, opened.dropFirst(5)) {
            let edek = [UInt8](try #require(answer.data).base64EncodedData())
            let found = try service.unwrap(edek, under: key, topic: "customers", within: 5_000)
            #expect(found.withUnsafeBytes { Data($0) } == dataKey)
        }
        #expect(opened.count == 9)
    }
}
