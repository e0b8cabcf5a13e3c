// Skeleton: furnished by the KeyManagement work.
public struct KeySecretTemplate: Sendable {}
public struct KeySecretPattern: Sendable {}
public struct DataKeyRequest: Sendable {}
