extension KeySecretID {
    /// The command that lets someone wrap data keys under this key, in the KMS's own tool; nil where it knows no permissions.
    ///
    /// Words in capitals stand for what an address does not tell. An address holds nothing that a shell would take apart.
    public var commandToAllowWrapping: String? { command(toAllow: .wrapping) }

    /// The same for unwrapping.
    public var commandToAllowUnwrapping: String? { command(toAllow: .unwrapping) }

    private enum Use {
        case wrapping
        case unwrapping
    }

    private func command(toAllow use: Use) -> String? {
        let verb = use == .wrapping ? "encrypt" : "decrypt"
        switch address {
        case .vault(_, let mount, let name):
            // A policy is written as a whole, so that this one is of a name that holds nothing else.
            return "vault policy write fieldseal-\(verb)-\(name) - <<<'path \"\(mount)/\(verb)/\(name)\" "
                + "{ capabilities = [\"update\"] }', and give that policy to the token's role"
        case .aws(let arn, let region):
            let operation = use == .wrapping ? "Encrypt" : "Decrypt"
            return "aws kms create-grant --region \(region) --key-id \(Self.key(ofAWS: arn, region: region)) "
                + "--grantee-principal ROLE_ARN --operations \(operation)"
        case .gcp(let resource):
            let role = use == .wrapping ? "cryptoKeyEncrypter" : "cryptoKeyDecrypter"
            return "gcloud kms keys add-iam-policy-binding \(resource) --member serviceAccount:ACCOUNT "
                + "--role roles/cloudkms.\(role)"
        case .azure(let host, let name, _):
            let vault = host.split(separator: ".").first.map(String.init) ?? host
            return "az role assignment create --role 'Fieldseal \(verb)' --assignee CLIENT_ID "
                + "--scope \"$(az keyvault show --name \(vault) --query id --output tsv)/keys/\(name)\""
        case .inMemory:
            return nil
        }
    }

    /// A grant takes a key's own ARN, no alias (AWS KMS, CreateGrant).
    private static func key(ofAWS arn: String, region: String) -> String {
        guard arn.contains(":alias/") else { return arn }
        return "\"$(aws kms describe-key --region \(region) --key-id \(arn) --query KeyMetadata.Arn --output text)\""
    }
}
