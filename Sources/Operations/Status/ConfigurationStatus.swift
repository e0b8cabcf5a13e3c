/// Which configuration a process runs by, and what became of later ones.
public struct ConfigurationStatus: Codable, Equatable, Sendable {
    /// SHA-256 of the text of the file that is in force, in lower-case hexadecimal digits.
    public var hash: String
    /// When it was put in force, in milliseconds since 1970.
    public var loadedAt: Int64
    /// Why the file as it is now is refused; nil where it is in force.
    public var refusal: String?
    /// How often a changed file was put in force.
    public var applied: UInt64 = 0
    /// How often a changed file was refused.
    public var refused: UInt64 = 0

    /// Makes the status of a process that has just started.
    public init(hash: String, loadedAt: Int64) {
        self.hash = hash
        self.loadedAt = loadedAt
    }
}
