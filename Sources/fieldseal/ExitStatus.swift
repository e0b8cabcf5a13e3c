import ArgumentParser

/// The command's exit codes.
enum ExitStatus {
    /// Something that should not happen.
    static let unexpected = ExitCode(1)
    /// The configuration or the command line is wrong.
    static let configuration = ExitCode(2)
    /// Some records failed.
    static let recordsFailed = ExitCode(3)
    /// A KMS, registry or broker did not answer in time.
    static let unavailable = ExitCode(4)
    /// Permission was refused, or another process has this one's name.
    static let refused = ExitCode(5)
}
