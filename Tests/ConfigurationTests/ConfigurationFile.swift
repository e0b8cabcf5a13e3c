import Foundation

@testable import Configuration

/// A configuration in a temporary folder of its own, with the files that it names.
struct ConfigurationFile {
    /// A small valid file, which tests change in one place.
    static let valid = """
        kafka: {bootstrap.servers: "localhost:9092"}
        kms: {vault: {uri: "http://localhost:8200", token: s3cr3t}}
        pairs:
          - name: customers
            source: customers
            target: customers.encrypted
            encrypt:
              recordValue:
                fields:
                  - fieldName: ssn
                    keySecretId: vault-kms://localhost:8200/transit/keys/pii

        """

    var text: String
    var environment: [String: String] = [:]
    /// Other files, by their path in the folder.
    var files: [String: String] = [:]

    init(_ text: String = valid, environment: [String: String] = [:], files: [String: String] = [:]) {
        self.text = text
        self.environment = environment
        self.files = files
    }

    /// The valid file with another text in the place of `old`, which stands in it once.
    init(replacing old: String, with new: String, environment: [String: String] = [:], files: [String: String] = [:]) {
        precondition(Self.valid.components(separatedBy: old).count == 2, "\(old) must stand in the valid file once")
        self.init(
            Self.valid.replacingOccurrences(of: old, with: new), environment: environment, files: files)
    }

    /// What checking it says, as `LINE:COLUMN: SEVERITY: PATH: MESSAGE`.
    var diagnostics: [String] {
        inFolder { folder in
            let found: [ConfigurationDiagnostic]
            do throws(ConfigurationError) {
                found = try load(in: folder).warnings
            } catch {
                found = error.diagnostics
            }
            return found.map { String($0.description.dropFirst("t.yaml:".count)) }
        }
    }

    /// The configuration it makes.
    func configuration() throws -> FieldsealConfiguration {
        try inFolder { try load(in: $0).configuration }
    }

    private func load(
        in folder: String
    ) throws(ConfigurationError) -> (configuration: FieldsealConfiguration, warnings: [ConfigurationDiagnostic]) {
        try FieldsealConfiguration.load(text: text, file: "t.yaml", directory: folder, environment: environment)
    }

    private func inFolder<Result>(_ body: (String) throws -> Result) rethrows -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "fieldseal-\(UUID())")
        for (path, content) in files.merging(["t.yaml": text], uniquingKeysWith: { given, _ in given }) {
            let file = folder.appending(path: path)
            try! FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try! Data(content.utf8).write(to: file)
        }
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder.path)
    }
}
