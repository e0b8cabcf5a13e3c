/// A schema that another one names.
public struct ReferencedSchema: Equatable, Sendable {
    /// What the other schema calls it: an Avro full name, a `$ref` of JSON Schema, a `.proto` import path.
    public let name: String
    /// The subject it is registered under.
    public let subject: String
    /// Its version within the subject; -1 is the latest.
    public let version: Int
    /// Its text.
    public let text: String

    /// Makes a reference that is resolved.
    public init(name: String, subject: String, version: Int, text: String) {
        self.name = name
        self.subject = subject
        self.version = version
        self.text = text
    }
}
