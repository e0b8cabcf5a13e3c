import ArgumentParser
import Configuration
import KeyManagement
import Logging
import Pipeline
import Records

/// Tries the keys of a configuration, each once for each set of credentials.
struct KeyTrials {
    /// A key as pairs with the same credentials use it for one topic.
    private struct Trial {
        let key: KeySecretID
        let topic: String
        /// Its place among the sets of credentials.
        let credentials: Int
        var pairs: [String] = []
        var wraps = false
        var unwraps = false
        var wrapping: Outcome?
        var unwrapping: Outcome?
    }

    /// How it went with a key.
    enum Verdict: String {
        case ok
        case failed
        case skipped
    }

    /// What came of a key.
    struct Result {
        let verdict: Verdict
        /// What was tried, and how it went.
        let text: String
        /// The exit code that this key's failure comes to; nil where it did not fail.
        var failure: ExitCode?
        /// The command that grants what is missing; nil where that would not help.
        var remedy: String?
    }

    /// What came of a call.
    private enum Outcome {
        case done(milliseconds: Double)
        case failed(KeyManagementError)
        /// The data key that came back is not the one that went.
        case otherKey
    }

    private struct Place: Hashable {
        let key: KeySecretID
        let topic: String
    }

    private var services: [KeyManagementServices] = []
    private let milliseconds: Int
    /// Stands for the topics of a pair that reads a pattern.
    private let topic: String?
    private var trials: [Trial] = []
    /// Addresses that records fill in, with their pair.
    private var untried: [(text: String, pair: String)] = []
    private var wrapped: [Place: (edek: [UInt8], dataKey: SecretBytes)] = [:]

    /// The exit code that the failures come to; nil where there was none.
    private(set) var failure: ExitCode?

    /// - Parameter milliseconds: how long one call may take.
    init(
        _ configuration: FieldsealConfiguration, pairs: [Int], topic: String?, milliseconds: Int, logger: Logger
    ) throws(KeyManagementError) {
        self.milliseconds = milliseconds
        self.topic = topic
        var shared: Int?
        for index in pairs {
            let pair = configuration.pairs[index]
            let credentials: Int
            if !pair.hasOwnKeyManagement, let shared {
                credentials = shared
            } else {
                credentials = services.count
                services.append(try KeyManagementServices(pair.keyManagement, logger: logger))
                if !pair.hasOwnKeyManagement { shared = credentials }
            }
            add(pair.topics, credentials)
        }
    }

    /// Tries every key, and tells of each how it went and in words what was tried.
    mutating func run(_ tell: (Result) -> Void) {
        for index in trials.indices where trials[index].wraps { wrap(index) }
        for index in trials.indices {
            // Where nobody else here has wrapped by this key, its reader may be allowed to.
            if trials[index].unwraps, wrapped[place(of: index)] == nil, !trials[index].wraps { wrap(index) }
            unwrap(index)
            let result = result(of: trials[index])
            failure = Self.graver(failure, result.failure)
            tell(result)
        }
        for (text, pair) in untried {
            tell(Result(verdict: .skipped, text: "\(text) (\(pair)): records fill in its name"))
        }
    }

    private mutating func add(_ pair: TopicPair, _ credentials: Int) {
        let topic = pair.hasPattern ? topic ?? pair.sealedTopic : pair.sealedTopic
        switch pair.action {
        case .encrypt(let rules):
            for template in rules.keyTemplates {
                if let key = template.isConstant ? try? KeySecretID(parsing: template.text) : nil {
                    add(key, pair, topic, credentials, wraps: true)
                } else {
                    skip(template.text, pair)
                }
            }
        case .decrypt(let rules):
            for pattern in rules.keks {
                if !pattern.text.contains("*"), let key = try? KeySecretID(parsing: pattern.text) {
                    add(key, pair, topic, credentials, wraps: false)
                } else {
                    skip(pattern.text, pair)
                }
            }
        }
    }

    private mutating func skip(_ text: String, _ pair: TopicPair) {
        guard !untried.contains(where: { $0 == (text, pair.name) }) else { return }
        untried.append((text, pair.name))
    }

    private mutating func add(
        _ key: KeySecretID, _ pair: TopicPair, _ topic: String, _ credentials: Int, wraps: Bool
    ) {
        let known = trials.firstIndex { $0.key == key && $0.topic == topic && $0.credentials == credentials }
        let index = known ?? trials.count
        if known == nil { trials.append(Trial(key: key, topic: topic, credentials: credentials)) }
        if !trials[index].pairs.contains(pair.name) { trials[index].pairs.append(pair.name) }
        if wraps { trials[index].wraps = true } else { trials[index].unwraps = true }
    }

    private func place(of index: Int) -> Place { Place(key: trials[index].key, topic: trials[index].topic) }

    private mutating func wrap(_ index: Int) {
        let trial = trials[index]
        // It opens nothing, so that any randomness does.
        var generator = SystemRandomNumberGenerator()
        let dataKey = SecretBytes(count: 32) { (bytes) throws(Never) in
            for position in bytes.indices { bytes[position] = UInt8.random(in: .min ... .max, using: &generator) }
        }
        do throws(KeyManagementError) {
            let start = ContinuousClock.now
            let edek = try services[trial.credentials].wrap(
                dataKey, under: trial.key, topic: trial.topic, within: milliseconds)
            trials[index].wrapping = .done(milliseconds: Self.milliseconds(since: start))
            wrapped[place(of: index)] = (edek, dataKey)
        } catch {
            trials[index].wrapping = .failed(error)
            // Who need not wrap may lack the permission; but who is not answered or not known can't unwrap either.
            if !trial.wraps, error.isAboutAllKeys { trials[index].unwrapping = .failed(error) }
        }
    }

    private mutating func unwrap(_ index: Int) {
        let trial = trials[index]
        guard let (edek, dataKey) = wrapped[place(of: index)] else { return }
        do throws(KeyManagementError) {
            let start = ContinuousClock.now
            let opened = try services[trial.credentials].unwrap(
                edek, under: trial.key, topic: trial.topic, within: milliseconds)
            let isSame = opened.withUnsafeBytes { opened in dataKey.withUnsafeBytes { opened.elementsEqual($0) } }
            trials[index].unwrapping = isSame ? .done(milliseconds: Self.milliseconds(since: start)) : .otherKey
        } catch {
            trials[index].unwrapping = .failed(error)
        }
    }

    /// A refusal weighs more than an outage, which passes, and that more than the rest.
    private static func graver(_ one: ExitCode?, _ other: ExitCode?) -> ExitCode? {
        let order = [ExitStatus.refused, ExitStatus.unavailable, ExitStatus.configuration]
        return order.first { $0 == one || $0 == other } ?? one ?? other
    }

    private func failure(_ outcome: Outcome?, isNeeded: Bool) -> ExitCode? {
        switch outcome {
        case .failed(let error): isNeeded ? error.exitStatus : nil
        case .otherKey: ExitStatus.unexpected
        case .done, nil: nil
        }
    }

    private func remedy(for trial: Trial) -> String? {
        var commands: [String?] = []
        if trial.wraps, case .failed(let error) = trial.wrapping, error.isRefusal {
            commands.append(trial.key.commandToAllowWrapping)
        }
        if trial.unwraps, case .failed(let error) = trial.unwrapping, error.isRefusal {
            commands.append(trial.key.commandToAllowUnwrapping)
        }
        let known = commands.compactMap(\.self)
        return known.isEmpty ? nil : known.joined(separator: "; ")
    }

    private func result(of trial: Trial) -> Result {
        let wrapping = words(trial.wrapping, "wrap", trial.key.permissionToWrap, isNeeded: trial.wraps)
        var unwrapping = words(trial.unwrapping, "unwrap", trial.key.permissionToUnwrap, isNeeded: trial.unwraps)
        if trial.unwraps, trial.unwrapping == nil {
            unwrapping = ("unwrap not tried: nothing that this key has wrapped is at hand", false)
        }
        let isFailed = wrapping.isFailed || unwrapping.isFailed
        let isUntried = !isFailed && trial.unwraps && trial.unwrapping == nil
        let texts = [wrapping.text, unwrapping.text].filter { !$0.isEmpty }
        return Result(
            verdict: isFailed ? .failed : isUntried ? .skipped : .ok,
            text: "\(trial.key) (\(trial.pairs.joined(separator: ", "))): \(texts.joined(separator: "; "))",
            failure: Self.graver(
                failure(trial.wrapping, isNeeded: trial.wraps), failure(trial.unwrapping, isNeeded: trial.unwraps)),
            remedy: remedy(for: trial))
    }

    private func words(
        _ outcome: Outcome?, _ call: String, _ permission: String?, isNeeded: Bool
    ) -> (text: String, isFailed: Bool) {
        switch outcome {
        case nil: return ("", false)
        case .done(let milliseconds): return ("\(call) \(Self.shown(milliseconds)) ms", false)
        case .otherKey: return ("\(call) gave another data key than the one wrapped", true)
        case .failed(let error):
            guard isNeeded else { return (error.isRefusal ? "may not \(call), and need not" : "", false) }
            // The KMS's answer to who may not, and to who asks for a key that is not there, may be the same.
            let missing = error.isRefusal ? permission.map { "; this takes \($0)" } ?? "" : ""
            return ("\(call) failed: \(error)\(missing)", true)
        }
    }

    private static func milliseconds(since start: ContinuousClock.Instant) -> Double {
        (ContinuousClock.now - start) / .milliseconds(1)
    }

    private static func shown(_ milliseconds: Double) -> String {
        let tenths = Int((milliseconds * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}

extension KeyManagementError {
    /// Whether any other call, with any key, would fail too.
    fileprivate var isAboutAllKeys: Bool {
        if case .unauthenticated = self { return true }
        return exitStatus == ExitStatus.unavailable
    }

    /// The exit code that tells what kind of failure it is.
    var exitStatus: ExitCode {
        switch self {
        case .refused, .unknownKey, .unauthenticated: ExitStatus.refused
        case .pending, .throttled, .unavailable, .timedOut, .tlsFailed, .malformedReply, .suspended, .shutDown:
            ExitStatus.unavailable
        case .invalidAddress, .notConfigured, .foreignHost, .unusableKey, .undecryptable, .wrongKeyLength,
            .invalidSettings:
            ExitStatus.configuration
        case .cryptography: ExitStatus.unexpected
        }
    }
}

extension TopicPair {
    /// The topic whose records are sealed, which may be a pattern or a template.
    var sealedTopic: String {
        switch action {
        case .encrypt: target
        case .decrypt: source
        }
    }

    /// Whether it reads every topic that a pattern matches.
    var hasPattern: Bool { source.hasPrefix("^") }
}
