import KeyManagement

/// What a transform lacks before it can go on with a record.
public enum TransformNeed: Sendable {
    /// A data key that must be wrapped or unwrapped by a KMS.
    case key(DataKeyRequest)
    /// A schema that must be fetched from the registry.
    case schema(UInt32)
}
