import Records

/// AWS credentials and the scope they sign for (AWS Signature Version 4).
public struct AWSSigningKey: Sendable {
    /// The access key's id, which is no secret.
    public var accessKeyID: String
    /// The secret access key.
    public var secretAccessKey: SecretBytes
    /// The token of temporary credentials, sent as `X-Amz-Security-Token` and signed; nil for long-lived ones.
    public var sessionToken: SecretBytes?
    /// The region in the credential's scope, such as `eu-west-1`.
    public var region: String
    /// The service in the credential's scope, such as `kms`.
    public var service: String

    /// Makes credentials for one region and service.
    public init(
        accessKeyID: String, secretAccessKey: SecretBytes, sessionToken: SecretBytes? = nil, region: String,
        service: String
    ) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.region = region
        self.service = service
    }
}
