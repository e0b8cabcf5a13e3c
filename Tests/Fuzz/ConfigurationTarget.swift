@testable import Configuration

/// The configuration file. What it names on disk is looked for in a folder that does not exist.
final class ConfigurationTarget: FuzzTarget {
    init() throws {}

    func run(_ input: UnsafeRawBufferPointer) {
        do throws(ConfigurationError) {
            _ = try FieldsealConfiguration.load(
                text: input.text, file: "fuzzed.yaml", directory: "/nonexistent", environment: ["HOME": "/nonexistent"])
        } catch {
            expect(!error.diagnostics.isEmpty, "a refusal says why")
            for diagnostic in error.diagnostics { _ = String(describing: diagnostic) }
        }
    }
}
