import Foundation

/// Where the project's own files lie.
public enum Project {
    /// The folder that holds `Package.swift`.
    public static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    /// The Python that has the test tools.
    public static let python = folder + "/.deps/venv/bin/python"
}
