import Cryptography
import Records
import TestServers
import Testing

@testable import KeyManagement

@Suite struct InMemoryServiceTests {
    @Test func anEDEKIsNonceCiphertextAndTagInBase64() throws {
        let kek = SecretBytes(copying: [UInt8](0..<32))
        let service = try InMemoryService(InMemorySettings(keys: ["dev": kek]))
        let key = try KeySecretID(parsing: "in-memory-kms://dev")
        let dek = SecretBytes(copying: [UInt8](100..<132))
        let edek = try service.wrap(dek, under: key, topic: "t", within: 1_000)
        let sealed = try #require(Base64.decode(String(decoding: edek, as: UTF8.self)))
        #expect(sealed.count == 12 + 32 + 16)
        let context = try OpeningContext(key: DataKey(algorithm: .aes256GCM, bytes: kek))
        let lent = Lent(sealed)
        let out = OutputBuffer()
        let count = try context.open(
            lent.bytes, aad: UnsafeRawBufferPointer(start: nil, count: 0), into: out.reserve(sealed.count))
        out.commit(count)
        #expect(Array(out.bytes) == [UInt8](100..<132))
    }

    @Test(arguments: [0, 16, 31, 33])
    func aKeyOfAnotherLengthThan32BytesIsRefused(count: Int) {
        let key = SecretBytes(copying: [UInt8](repeating: 0, count: count))
        #expect(throws: KeyManagementError.self) { try InMemoryService(InMemorySettings(keys: ["dev": key])) }
    }

    @Test func aNameThatIsNoneOrGivenTwiceIsRefused() {
        let key = SecretBytes(copying: [UInt8](0..<32))
        #expect(throws: KeyManagementError.self) { try InMemoryService(InMemorySettings(keys: ["a/b": key])) }
        #expect(throws: KeyManagementError.self) { try InMemoryService(InMemorySettings(randomKeys: [""])) }
        #expect(throws: KeyManagementError.self) {
            try InMemoryService(InMemorySettings(keys: ["dev": key], randomKeys: ["dev"]))
        }
    }

    @Test func aRandomKeyOfAnotherProcessOpensNothing() throws {
        let key = try KeySecretID(parsing: "in-memory-kms://scratch")
        let dek = SecretBytes(copying: [UInt8](0..<32))
        let first = try InMemoryService(InMemorySettings(randomKeys: ["scratch"]))
        let second = try InMemoryService(InMemorySettings(randomKeys: ["scratch"]))
        let edek = try first.wrap(dek, under: key, topic: "t", within: 1_000)
        #expect(throws: KeyManagementError.self) { try second.unwrap(edek, under: key, topic: "t", within: 1_000) }
    }
}
