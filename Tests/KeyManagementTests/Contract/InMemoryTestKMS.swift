import Records
import TestServers

@testable import KeyManagement

/// `in-memory-kms` for the contract suite.
struct InMemoryTestKMS: TestKMS {
    let service: any KeyManagementService
    let key = try! KeySecretID(parsing: "in-memory-kms://pii")
    let otherKey = try! KeySecretID(parsing: "in-memory-kms://scratch")
    let absentKey = try! KeySecretID(parsing: "in-memory-kms://absent")
    let refusedKey: KeySecretID? = nil
    let rotate: (@Sendable () throws -> Void)? = nil
    let enable: (@Sendable (Bool) throws -> Void)? = nil

    init() throws {
        service = try KeyManagementServices(
            KeyManagementSettings(
                inMemory: InMemorySettings(
                    keys: ["pii": SecretBytes(copying: [UInt8](0..<32))], randomKeys: ["scratch"])))
    }
}
