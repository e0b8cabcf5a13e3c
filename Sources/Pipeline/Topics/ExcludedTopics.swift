/// Topics that a pattern never matches, however their names fit: what the pairs of its configuration write.
public struct ExcludedTopics: Hashable, Sendable {
    /// The targets of a pair that reads a pattern itself.
    public struct Targets: Hashable, Sendable {
        /// The pattern of its sources.
        public var source: String
        /// The name of its targets.
        public var template: TopicTemplate

        /// Makes a description.
        public init(source: String, template: TopicTemplate) {
            self.source = source
            self.template = template
        }
    }

    /// Topics by their names.
    public var names: Set<String>
    /// Topics by how their names are made.
    public var targets: [Targets]

    /// Makes a set.
    public init(names: Set<String> = [], targets: [Targets] = []) {
        self.names = names
        self.targets = targets
    }
}
