/// What a dead letter tells in the clear: of which record it is, and why that could not be processed.
public struct DeadLetterOrigin: Sendable {
    /// The pair that could not process the record.
    public var pair: String
    /// A stable snake_case code.
    public var reason: String
    /// The rule's path, where one field is at fault.
    public var field: String?

    /// Makes a description.
    public init(pair: String, reason: String, field: String? = nil) {
        self.pair = pair
        self.reason = reason
        self.field = field
    }
}
