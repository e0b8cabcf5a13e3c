/// Which Fieldseal this is.
enum BuildVersion {
    /// The version, by semantic versioning.
    static let text = "1.0.0"
}
