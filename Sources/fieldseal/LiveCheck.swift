import ArgumentParser
import Configuration
import KeyManagement
import Logging
import Pipeline
import SchemaRegistry

/// Tries everything that a configuration names: brokers, topics, permissions, the registry and the keys. Changes nothing.
struct LiveCheck {
    private let configuration: FieldsealConfiguration
    /// How long one answer may take, in milliseconds.
    private let timeout: Int
    /// What was found so far.
    private(set) var findings: [Finding] = []
    /// Told of each finding at once, since some take their time.
    private let tell: (Finding) -> Void

    init(_ configuration: FieldsealConfiguration, timeout milliseconds: Int, tell: @escaping (Finding) -> Void) {
        self.configuration = configuration
        timeout = milliseconds
        self.tell = tell
    }

    /// The exit code that the findings come to; nil where nothing is wrong.
    var failure: ExitCode? {
        let verdicts = Set(findings.map(\.verdict))
        if verdicts.contains(.refused) { return ExitStatus.refused }
        if verdicts.contains(.silent) { return ExitStatus.unavailable }
        return verdicts.contains(.missing) ? ExitStatus.configuration : nil
    }

    /// Tries it all.
    mutating func run() {
        if let audit = configuration.audit.topic {
            note(OwnTopicInspection.audit(topic: audit, kafka: configuration.audit.kafka, timeout: timeout).finding())
        }
        if let control = configuration.control {
            note(OwnTopicInspection.control(topic: control.topic, kafka: control.kafka, timeout: timeout).finding())
        }
        for index in configuration.pairs.indices {
            let pair = configuration.topics(ofPair: index)
            do throws(PipelineError) {
                for finding in try PairInspection(pair: pair, timeout: timeout).findings() { note(finding) }
            } catch {
                note(Finding(.missing, pair.name, "\(error)"))
            }
        }
        tryRegistries()
        tryKeys()
    }

    private mutating func note(_ finding: Finding) {
        findings.append(finding)
        tell(finding)
    }

    // MARK: Registries

    private mutating func tryRegistries() {
        var tried: [SchemaRegistrySettings] = []
        for pair in configuration.pairs {
            guard let settings = pair.schemaRegistry, !tried.contains(settings) else { continue }
            tried.append(settings)
            note(registry(settings, of: pair.topics.name))
        }
    }

    /// Any schema will do, or none of this number: what counts is that the registry answers.
    private func registry(_ settings: SchemaRegistrySettings, of pair: String) -> Finding {
        let subject = "schema registry (\(pair))"
        do throws(SchemaRegistryError) {
            let client = try SchemaRegistryClient(settings)
            defer { client.shutDown() }
            _ = try client.fetch(id: 1)
            return Finding(.ok, subject, "answers")
        } catch {
            switch error {
            case .unreachable: return Finding(.silent, subject, "\(error)")
            case .refused(_, let status, _) where status == 401 || status == 403:
                return Finding(.refused, subject, "\(error)", remedy: "correct basicAuth or the bearer token")
            case .invalidSettings, .refused, .malformedReply: return Finding(.missing, subject, "\(error)")
            default: return Finding(.ok, subject, "answers")
            }
        }
    }

    // MARK: Keys

    private mutating func tryKeys() {
        let logger = Logger(label: "fieldseal") { _ in SwiftLogNoOpLogHandler() }
        var trials: KeyTrials
        do {
            trials = try KeyTrials(
                configuration, pairs: Array(configuration.pairs.indices), topic: nil, milliseconds: timeout,
                logger: logger)
        } catch {
            return note(Finding(.missing, "keys", "\(error)"))
        }
        trials.run { result in
            let verdict: Finding.Verdict =
                switch result.verdict {
                case .ok: .ok
                case .skipped: .untried
                case .failed: Self.verdict(of: result.failure)
                }
            note(Finding(verdict, "key", result.text, remedy: result.remedy))
        }
    }

    private static func verdict(of failure: ExitCode?) -> Finding.Verdict {
        switch failure {
        case ExitStatus.refused: .refused
        case ExitStatus.unavailable: .silent
        default: .missing
        }
    }
}
