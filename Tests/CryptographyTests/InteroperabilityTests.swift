import Foundation
import Testing

@testable import Cryptography

/// Google Tink judges all algorithms but CHACHA20_POLY1305, which pyca/cryptography does.
@Suite struct InteroperabilityTests {
    private struct Message {
        var algorithm: Algorithm
        var key: [UInt8]
        var aad: [UInt8]
        var plaintext: [UInt8]

        func request(_ op: String, _ data: [UInt8]) -> AEADJudge.Request {
            AEADJudge.Request(
                op: op, algorithm: algorithm.rawValue, key: Data(key), aad: Data(aad), data: Data(data))
        }
    }

    /// Nine messages of each algorithm under one key, so that contexts are kept from message to message.
    private static func messages(seed: UInt64) -> [Message] {
        var random = SeededGenerator(seed: seed)
        return Algorithm.allCases.flatMap { algorithm in
            let key = random.bytes(algorithm.keyLength)
            return [(0, 0), (0, 13), (1, 0), (15, 1), (16, 16), (17, 44), (63, 64), (64, 120), (1000, 300)].map {
                counts in
                Message(
                    algorithm: algorithm, key: key, aad: random.bytes(counts.1),
                    plaintext: random.bytes(counts.0))
            }
        }
    }

    private static func sealed(_ messages: [Message]) throws -> [[UInt8]] {
        let nonces = NonceSource()
        var contexts: [Algorithm: SealingContext] = [:]
        return try messages.map { message in
            let context =
                try contexts[message.algorithm] ?? SealingContext(key: DataKey(message.algorithm, message.key))
            contexts[message.algorithm] = context
            return try context.seal(message.plaintext, aad: message.aad, nonces: nonces)
        }
    }

    @Test("Others open what Fieldseal seals")
    func othersOpen() throws {
        let messages = Self.messages(seed: 6)
        let replies = try AEADJudge.answers(
            to: zip(messages, try Self.sealed(messages)).map { message, sealed in message.request("open", sealed) })
        try #require(replies.count == messages.count)
        for (message, reply) in zip(messages, replies) {
            #expect(reply.data == Data(message.plaintext), "\(message.algorithm): \(reply.error ?? "")")
        }
    }

    @Test("Fieldseal opens what others seal")
    func opensOthers() throws {
        let messages = Self.messages(seed: 7)
        let replies = try AEADJudge.answers(to: messages.map { $0.request("seal", $0.plaintext) })
        try #require(replies.count == messages.count)
        var contexts: [Algorithm: OpeningContext] = [:]
        for (message, reply) in zip(messages, replies) {
            let sealed = Array(try #require(reply.data))
            let context =
                try contexts[message.algorithm] ?? OpeningContext(key: DataKey(message.algorithm, message.key))
            contexts[message.algorithm] = context
            #expect(context.attempt(sealed, aad: message.aad + [0]).error == .authenticationFailed)
            #expect(try context.open(sealed, aad: message.aad) == message.plaintext, "\(message.algorithm)")
        }
    }

    @Test("Others refuse what was changed after Fieldseal sealed it")
    func othersRefuse() throws {
        let messages = Self.messages(seed: 8)
        let replies = try AEADJudge.answers(
            to: zip(messages, try Self.sealed(messages)).map { message, sealed in
                message.request("open", sealed.dropLast() + [sealed[sealed.count - 1] ^ 1])
            })
        try #require(replies.count == messages.count)
        #expect(replies.allSatisfy { $0.data == nil && $0.error != nil })
    }
}
