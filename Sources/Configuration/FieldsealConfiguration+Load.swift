import Cryptography

extension FieldsealConfiguration {
    /// The longest configuration file, in bytes.
    public static let maximumFileLength = 1_048_576

    /// Reads and checks a configuration file, and the files that it names; no server is asked anything.
    ///
    /// - Parameters:
    ///   - path: the file; relative paths inside it start from its folder.
    ///   - environment: what `${NAME}` may name, and where cloud credentials are looked for.
    /// - Returns: the configuration, and what a person should know about it all the same.
    /// - Throws: everything that is wrong with the file, warnings included, in the order of its lines.
    public static func load(
        path: String, environment: [String: String]
    ) throws(ConfigurationError) -> (configuration: FieldsealConfiguration, warnings: [ConfigurationDiagnostic]) {
        let text: String
        do {
            text = try BoundedFile(path: path, limit: maximumFileLength).text()
        } catch {
            let diagnostics = DiagnosticCollector(file: path)
            diagnostics.error(at: .start, .root, "can't read the configuration: \(error.reason)")
            throw ConfigurationError(diagnostics: diagnostics.diagnostics)
        }
        let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        return try load(text: text, file: path, directory: directory, environment: environment)
    }

    /// Checks `text` as the content of `file`; relative paths start from `directory`.
    static func load(
        text: String, file: String, directory: String, environment: [String: String]
    ) throws(ConfigurationError) -> (configuration: FieldsealConfiguration, warnings: [ConfigurationDiagnostic]) {
        let diagnostics = DiagnosticCollector(file: file)
        let scalars = ScalarSource(environment: environment, directory: directory)
        var configuration: FieldsealConfiguration?
        do throws(YAMLDocument.Failure) {
            let root = try YAMLDocument.parse(text)
            let reading = Reading(path: .root, scalars: scalars, diagnostics: diagnostics)
            configuration = RootSettings.section.read(root, reading).flatMap {
                ConfigurationBuilder(root: $0, diagnostics: diagnostics, environment: environment).build()
            }
        } catch {
            diagnostics.error(at: error.mark, .root, error.message)
        }
        guard var configuration, !diagnostics.hasErrors else {
            throw ConfigurationError(diagnostics: diagnostics.diagnostics)
        }
        configuration.hash = hash(of: text)
        return (configuration, diagnostics.diagnostics)
    }

    private static func hash(of text: String) -> String {
        var bytes = [UInt8](repeating: 0, count: 32)
        var text = text
        text.withUTF8 { text in
            bytes.withUnsafeMutableBytes { out in
                if let start = out.baseAddress { SHA256.digest(UnsafeRawBufferPointer(text), into: start) }
            }
        }
        return bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
