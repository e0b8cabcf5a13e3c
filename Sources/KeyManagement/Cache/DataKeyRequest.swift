/// A data key that the KMS must be asked for, as `DataKeyReader` names it.
public struct DataKeyRequest: Sendable {}
