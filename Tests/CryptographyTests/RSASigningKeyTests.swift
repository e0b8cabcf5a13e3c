import Foundation
import TestServers
import Testing

@testable import Cryptography

@Suite struct RSASigningKeyTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// What an openssl command writes to `out`.
    private func openssl(_ words: String...) throws -> [UInt8] {
        _ = try CommandRun(["openssl"] + words, folder: folder.path)
        return [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("out"))))
    }

    private func rsa(_ bits: Int) throws -> [UInt8] {
        try openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:\(bits)", "-out", "out")
    }

    private func key(_ pem: [UInt8]) throws -> RSASigningKey {
        try pem.withUnsafeBytes { try RSASigningKey(pem: $0) }
    }

    @Test(arguments: [2048, 3072])
    func opensslTakesItsSignatures(bits: Int) throws {
        let key = try key(rsa(bits))
        _ = try CommandRun(["mv", "out", "key"], folder: folder.path)
        _ = try openssl("pkey", "-in", "key", "-pubout", "-out", "out")
        _ = try CommandRun(["mv", "out", "public"], folder: folder.path)
        for message in [[], Array("The quick brown fox".utf8), [UInt8](repeating: 7, count: 100_000)] {
            let signature = try message.withUnsafeBytes { try key.sign($0) }
            #expect(signature.count == bits / 8)
            try Data(message).write(to: URL(fileURLWithPath: folder.file("message")))
            try Data(signature).write(to: URL(fileURLWithPath: folder.file("signature")))
            let verify = ["openssl", "dgst", "-sha256", "-verify", "public", "-signature", "signature", "message"]
            _ = try CommandRun(verify, folder: folder.path)
        }
    }

    @Test func whatIsNoPlainRSAKeyOf2048BitsIsRefused() throws {
        let whole = try rsa(2048)
        _ = try CommandRun(["mv", "out", "key"], folder: folder.path)
        let refused = [
            [], Array("x".utf8), Array(whole.prefix(900)), try rsa(1024),
            try openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "out"),
            try openssl("pkcs8", "-topk8", "-in", "key", "-out", "out", "-passout", "pass:secret"),
            try openssl("pkey", "-in", "key", "-pubout", "-out", "out"),
        ]
        for pem in refused {
            #expect {
                try key(pem)
            } throws: { error in
                error as? CryptographyError == .notASigningKey
            }
        }
    }
}
