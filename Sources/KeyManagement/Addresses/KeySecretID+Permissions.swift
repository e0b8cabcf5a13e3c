extension KeySecretID {
    /// What the KMS calls the one permission that wrapping data keys under this key takes; nil where it knows none.
    public var permissionToWrap: String? {
        switch address {
        case .vault(_, let mount, let name): "update on \(mount)/encrypt/\(name)"
        case .aws: "kms:Encrypt on the key"
        case .gcp: "cloudkms.cryptoKeyVersions.useToEncrypt on the key"
        case .azure: "the key operation wrapKey (Microsoft.KeyVault/vaults/keys/wrap/action)"
        case .inMemory: nil
        }
    }

    /// The same for unwrapping.
    public var permissionToUnwrap: String? {
        switch address {
        case .vault(_, let mount, let name): "update on \(mount)/decrypt/\(name)"
        case .aws: "kms:Decrypt on the key"
        case .gcp: "cloudkms.cryptoKeyVersions.useToDecrypt on the key"
        case .azure: "the key operation unwrapKey (Microsoft.KeyVault/vaults/keys/unwrap/action)"
        case .inMemory: nil
        }
    }
}
