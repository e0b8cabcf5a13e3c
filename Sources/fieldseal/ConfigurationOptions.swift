import ArgumentParser
import Configuration
import Foundation
import Logging

/// The options of every subcommand that reads a configuration.
struct ConfigurationOptions: ParsableArguments {
    @Option(name: [.customShort("c"), .customLong("config")], help: "The configuration file.")
    var file: String

    /// Reads the configuration and prints its warnings; prints all errors and exits with 2 where it is refused.
    func load() throws -> FieldsealConfiguration {
        do {
            let (configuration, warnings) = try read()
            for warning in warnings { StandardError.write("\(warning)") }
            return configuration
        } catch {
            StandardError.write("\(error)")
            throw ExitStatus.configuration
        }
    }

    /// Reads the configuration, and says nothing.
    func read() throws(ConfigurationError) -> (
        configuration: FieldsealConfiguration, warnings: [ConfigurationDiagnostic]
    ) {
        try FieldsealConfiguration.load(path: file, environment: ProcessInfo.processInfo.environment)
    }
}

extension FieldsealConfiguration {
    /// The place of the pair with this name; prints the names there are and exits with 2 where it has none.
    func index(ofPair name: String) throws -> Int {
        if let index = pairs.firstIndex(where: { $0.topics.name == name }) { return index }
        let names = pairs.map { "'\($0.topics.name)'" }.joined(separator: ", ")
        StandardError.write("error: there is no pair '\(name)'; the configuration has \(names)")
        throw ExitStatus.configuration
    }
}
