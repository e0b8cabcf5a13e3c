public import Transform

/// Which records of a pair become dead letters, and how.
public struct DeadLetterPolicy: Sendable, Equatable {
    /// Where they go, and their key.
    public var rules: DeadLetterRules
    /// Whether records that can't be transformed for good do.
    public var takesErrors: Bool
    /// Whether records that are not encrypted do, of a pair that decrypts.
    public var takesPlain: Bool

    /// Makes a policy.
    public init(rules: DeadLetterRules, takesErrors: Bool, takesPlain: Bool = false) {
        self.rules = rules
        self.takesErrors = takesErrors
        self.takesPlain = takesPlain
    }

    /// Whether any record does: the topic may also be named for a replay alone.
    public var isUsed: Bool { takesErrors || takesPlain }

    /// Whether a record that failed like this does; what may pass by itself never does.
    func takes(_ error: TransformError, isEncrypting: Bool) -> Bool {
        guard !error.isTransient else { return false }
        return error.reason == .notEncrypted && !isEncrypting ? takesPlain : takesErrors
    }
}
