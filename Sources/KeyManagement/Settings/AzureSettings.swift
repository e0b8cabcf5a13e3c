/// How Azure Key Vault and Managed HSM are reached.
public struct AzureSettings: Sendable, Equatable {
    /// How Fieldseal says who it is.
    public enum Credential: Sendable, Equatable {
        /// An application of Entra with a client secret.
        case clientSecret(tenant: String, client: String, secret: SecretSource)
        /// An application of Entra that trusts another issuer; the token in the file is read again for every login.
        case workloadIdentity(tenant: String, client: String, tokenFile: String)
        /// The identity of the machine; `client` names one where it has several.
        case managedIdentity(client: String?)
        /// Workload identity where the environment has `AZURE_FEDERATED_TOKEN_FILE`, `AZURE_TENANT_ID` and
        /// `AZURE_CLIENT_ID`, as a pod in Kubernetes gets them; else the identity of the machine. What is given here
        /// stands in the place of the environment's.
        case environment(tenant: String?, client: String?)
    }

    /// A vault that key addresses may name.
    public struct Vault: Sendable, Equatable {
        /// The `host[:port]` in key addresses.
        public var host: String
        /// Where it is reached instead, such as a private endpoint without a name: `https://HOST[:PORT]`.
        public var endpoint: String?

        /// Makes one.
        public init(host: String, endpoint: String? = nil) {
            self.host = host
            self.endpoint = endpoint
        }
    }

    /// Who Fieldseal is.
    public var credential: Credential
    /// The vaults that key addresses may name; where it is empty, any in the domains of Azure's vaults.
    public var vaults: [Vault]
    /// The address of Entra; of the environment's `AZURE_AUTHORITY_HOST` or the public cloud's where nil.
    public var authorityHost: String?
    /// The address of the machine's metadata service.
    public var metadataServer: String
    /// A PEM file of the authorities that may sign the servers' certificates; the system's where nil.
    public var caFile: String?
    /// Whether `http` is accepted beyond this machine.
    public var allowsInsecure: Bool

    /// The domains of Key Vault and Managed HSM in Azure's public cloud, in China and for the US government.
    public static let vaultDomains = [
        "vault.azure.net", "managedhsm.azure.net", "vault.azure.cn", "managedhsm.azure.cn", "vault.usgovcloudapi.net",
        "managedhsm.usgovcloudapi.net",
    ]

    /// Entra of the public cloud.
    public static let defaultAuthorityHost = "https://login.microsoftonline.com"
    /// Where every machine in Azure has its metadata service.
    public static let defaultMetadataServer = "http://169.254.169.254"

    /// Makes settings.
    public init(
        credential: Credential = .environment(tenant: nil, client: nil), vaults: [Vault] = [],
        authorityHost: String? = nil, metadataServer: String = Self.defaultMetadataServer, caFile: String? = nil,
        allowsInsecure: Bool = false
    ) {
        self.credential = credential
        self.vaults = vaults
        self.authorityHost = authorityHost
        self.metadataServer = metadataServer
        self.caFile = caFile
        self.allowsInsecure = allowsInsecure
    }
}
