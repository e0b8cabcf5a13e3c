import Testing

/// The providers that the contract suite runs against.
enum ContractProvider: String, CaseIterable, CustomTestStringConvertible {
    case inMemory
    case vaultToken
    case vaultAppRole
    case vaultUserPassword
    case vaultLDAP
    case vaultJWT
    case vaultKubernetes
    case vaultCertificate
    case awsAccessKey
    case awsWebIdentity
    case gcpSignedTokens
    case gcpExchangedTokens
    case gcpMetadataServer
    case gcpFederation
    case gcpImpersonation
    case azureClientSecret
    case azureWorkloadIdentity
    case azureManagedIdentity

    /// Those that are reached over HTTP.
    static let remote = allCases.filter { $0 != .inMemory }

    /// What wrong credentials hold, so that it can be looked for where it must not be.
    static let wrongSecret = "wrong-secret-of-the-tests"

    /// What a provider, or the stand-in that it is tested on, has not.
    enum Part {
        /// Permissions for single keys.
        case permissions
        /// Keys that are out of use.
        case keyStates
        /// Versions of a key.
        case versions
        /// The notice that an EDEK was changed, or is another key's.
        case integrity
    }

    var lacks: Set<Part> {
        switch self {
        case .inMemory: [.permissions, .keyStates, .versions]
        // KMS shows nothing of a key's rotation to who uses it.
        case .awsAccessKey: [.permissions, .keyStates, .versions]
        case .awsWebIdentity: [.versions, .integrity]
        default: []
        }
    }

    var testDescription: String { rawValue }

    /// The provider, with keys of its own.
    func start() throws -> any TestKMS {
        self == .inMemory ? try InMemoryTestKMS() : try startRemote()
    }

    /// The same for a provider that is reached over HTTP.
    func startRemote() throws -> any RemoteTestKMS {
        switch self {
        case .inMemory: throw NotRemote()
        case .vaultToken: try VaultTestKMS(.token)
        case .vaultAppRole: try VaultTestKMS(.appRole)
        case .vaultUserPassword: try VaultTestKMS(.userPassword)
        case .vaultLDAP: try VaultTestKMS(.ldap)
        case .vaultJWT: try VaultTestKMS(.jwt)
        case .vaultKubernetes: try VaultTestKMS(.kubernetes)
        case .vaultCertificate: try VaultTestKMS(.certificate)
        case .awsAccessKey: try AWSAccessKeyTestKMS()
        case .awsWebIdentity: try AWSWebIdentityTestKMS()
        case .gcpSignedTokens: try GCPTestKMS(.signedTokens)
        case .gcpExchangedTokens: try GCPTestKMS(.exchangedTokens)
        case .gcpMetadataServer: try GCPTestKMS(.metadataServer)
        case .gcpFederation: try GCPTestKMS(.federation)
        case .gcpImpersonation: try GCPTestKMS(.impersonation)
        case .azureClientSecret: try AzureTestKMS(.clientSecret)
        case .azureWorkloadIdentity: try AzureTestKMS(.workloadIdentity)
        case .azureManagedIdentity: try AzureTestKMS(.managedIdentity)
        }
    }

    struct NotRemote: Error {}
}
