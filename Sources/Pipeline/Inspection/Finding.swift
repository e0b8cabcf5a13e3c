/// One thing that was tried on what a configuration names, and what came of it.
public struct Finding: Hashable, Sendable, Codable {
    /// How it went.
    public enum Verdict: String, Hashable, Sendable, Codable {
        /// As it must be.
        case ok
        /// It works, but a person should know.
        case warning
        /// It was not tried, since trying would change something, or nothing is there to try it on.
        case untried
        /// A permission or a credential is missing.
        case refused
        /// It is not there, or does not fit.
        case missing
        /// Nobody answered in time.
        case silent
    }

    /// How it went.
    public var verdict: Verdict
    /// What was tried: a pair, the brokers, a topic of Fieldseal's own.
    public var subject: String
    /// What was found.
    public var message: String
    /// What to do; nil where nothing is to be done.
    public var remedy: String?

    /// Makes a finding.
    public init(_ verdict: Verdict, _ subject: String, _ message: String, remedy: String? = nil) {
        self.verdict = verdict
        self.subject = subject
        self.message = message
        self.remedy = remedy
    }
}
