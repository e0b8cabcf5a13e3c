extension KeyManagementError {
    /// What a person can do about it, where the KMS's words do not say; nil where there is nothing to do but wait, or
    /// where the description says it.
    public var remedy: String? {
        switch self {
        case .unauthenticated(let key, _):
            "check the credentials under \(key.provider.section)\(key.provider.loginHint)"
        case .refused(let key, _): "grant \(key.permissions)"
        case .unknownKey(let key, _): "create the key or correct its address; \(key.provider.whereaboutsHint)"
        case .unusableKey(let key, _): "choose a key that is \(key.provider.purposeHint)"
        case .tlsFailed(let key, _):
            "the certificate must name the host under \(key.provider.section), and come from an authority that is "
                + "trusted there"
        case .notConfigured(let key): "add \(key.provider.section) to the configuration"
        default: nil
        }
    }
}

extension KeySecretID {
    /// The least that the identity must be allowed.
    fileprivate var permissions: String {
        switch address {
        case .vault(_, let mount, let name):
            "the update capability on \(mount)/encrypt/\(name) to encrypt, on \(mount)/decrypt/\(name) to decrypt"
        case .aws: "kms:Encrypt on the key to encrypt, kms:Decrypt to decrypt, and see that the key is enabled"
        case .gcp:
            "roles/cloudkms.cryptoKeyEncrypter on the key to encrypt, roles/cloudkms.cryptoKeyDecrypter to decrypt, and "
                + "see that its version is enabled"
        case .azure: "wrapKey on the key to encrypt, unwrapKey to decrypt, and see that the key is enabled"
        case .inMemory: "the key"
        }
    }
}

extension KeyManagementProvider {
    /// Where the configuration speaks of it.
    fileprivate var section: String {
        switch self {
        case .vault: "kms.vault"
        case .aws: "kms.aws"
        case .gcp: "kms.gcp"
        case .azure: "kms.azure"
        case .inMemory: "kms.inMemory"
        }
    }

    fileprivate var loginHint: String {
        switch self {
        case .vault: ": its type, mount and namespace, and whether the token or secret has expired or been revoked"
        case .aws, .gcp, .azure: ", whether they have expired or been revoked, and this machine's clock"
        case .inMemory: ""
        }
    }

    fileprivate var whereaboutsHint: String {
        switch self {
        case .vault: "the mount must be a transit engine, in the namespace of kms.vault"
        case .aws: "the region and account are those of the ARN"
        case .gcp: "a project, location, key ring and key make up the address"
        case .azure: "a vault's host and the key's name make up the address"
        case .inMemory: "kms.inMemory lists the keys"
        }
    }

    fileprivate var purposeHint: String {
        switch self {
        case .vault: "for encryption, such as of type aes256-gcm96, and not derived"
        case .aws: "symmetric and enabled, of usage ENCRYPT_DECRYPT"
        case .gcp: "of purpose ENCRYPT_DECRYPT, with an enabled primary version"
        case .azure: "RSA, with wrapKey and unwrapKey among its operations, and enabled"
        case .inMemory: "32 bytes long"
        }
    }
}
