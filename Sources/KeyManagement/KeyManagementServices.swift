import Logging
import Records

/// The services of one set of settings; each call goes to the one that the key's address names.
public struct KeyManagementServices: KeyManagementService {
    private let vault: VaultService?
    private let aws: AWSService?
    private let gcp: GCPService?
    private let azure: AzureService?
    private let inMemory: InMemoryService?

    /// Makes the configured services; no server is called yet.
    ///
    /// - Throws: where a setting can't be used, such as a URI that is none or a key of the wrong length.
    public init(
        _ settings: KeyManagementSettings, logger: Logger = Logger(label: "fieldseal.kms")
    ) throws(KeyManagementError) {
        vault = if let vault = settings.vault { try VaultService(vault, logger: logger) } else { nil }
        aws = if let aws = settings.aws { try AWSService(aws) } else { nil }
        gcp = if let gcp = settings.gcp { try GCPService(gcp) } else { nil }
        azure = if let azure = settings.azure { try AzureService(azure) } else { nil }
        inMemory = if let inMemory = settings.inMemory { try InMemoryService(inMemory, logger: logger) } else { nil }
    }

    /// Wraps a data key with the service that `key` names.
    public func wrap(
        _ dataKey: SecretBytes, under key: KeySecretID, topic: String, within milliseconds: Int
    ) throws(KeyManagementError) -> [UInt8] {
        try service(of: key).wrap(dataKey, under: key, topic: topic, within: milliseconds)
    }

    /// Unwraps an EDEK with the service that `key` names.
    public func unwrap(
        _ edek: [UInt8], under key: KeySecretID, topic: String, within milliseconds: Int
    ) throws(KeyManagementError) -> SecretBytes {
        try service(of: key).unwrap(edek, under: key, topic: topic, within: milliseconds)
    }

    private func service(of key: KeySecretID) throws(KeyManagementError) -> any KeyManagementService {
        let service: (any KeyManagementService)? =
            switch key.provider {
            case .vault: vault
            case .inMemory: inMemory
            case .aws: aws
            case .gcp: gcp
            case .azure: azure
            }
        guard let service else { throw .notConfigured(key: key) }
        return service
    }
}
