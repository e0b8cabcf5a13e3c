import Configuration
import KeyManagement
import Logging
import Pipeline
import SchemaRegistry
import Transform

/// Puts the rooms together: from a configuration to running parts.
///
/// Pairs that share credentials share one cache of data keys; a pair with its own has its own.
final class Assembly: Sendable {
    let configuration: FieldsealConfiguration
    private let dataKeys: [DataKeyCache]
    private let schemas: [SchemaCache?]
    /// What operators have decided; nil where no control topic is configured. To be run as a service, or opened.
    let control: ControlTopic?

    /// Makes the caches of each pair; no server is called yet.
    ///
    /// - Parameters:
    ///   - configuration: what to make.
    ///   - logger: where outages are told.
    ///   - audit: where the life of data keys is told.
    ///   - previous: what runs by an earlier configuration, of which caches with the same settings are taken over, and the
    ///     control topic.
    init(
        _ configuration: FieldsealConfiguration, logger: Logger, audit: any AuditTrail = NoAuditTrail(),
        reusing previous: Assembly? = nil
    ) throws {
        self.configuration = configuration
        control =
            previous?.control
            ?? configuration.control.map { ControlTopic(topic: $0.topic, kafka: $0.kafka, logger: logger) }
        var sharedKeys: DataKeyCache?
        var sharedSchemas: SchemaCache?
        dataKeys = try configuration.pairs.map { pair in
            if !pair.hasOwnKeyManagement, let sharedKeys { return sharedKeys }
            if let kept = previous?.keys(like: pair) {
                if !pair.hasOwnKeyManagement { sharedKeys = kept }
                return kept
            }
            let cache = try DataKeyCache(pair.keyManagement, logger: logger) { event in
                audit.record(AuditEvent(event))
            }
            if !pair.hasOwnKeyManagement { sharedKeys = cache }
            return cache
        }
        schemas = try configuration.pairs.map { pair in
            guard let settings = pair.schemaRegistry else { return nil }
            if !pair.hasOwnSchemaRegistry, let sharedSchemas { return sharedSchemas }
            let cache = try previous?.schemas(like: pair) ?? SchemaCache(settings)
            if !pair.hasOwnSchemaRegistry { sharedSchemas = cache }
            return cache
        }
    }

    /// Tells in the log, soon, which keys of a pair can't be used.
    ///
    /// - Parameter index: the pair's place in the configuration.
    func beginKeyCheck(ofPair index: Int, logger: Logger) {
        StartKeyCheck(pair: configuration.pairs[index].topics, cache: dataKeys[index], logger: logger).begin()
    }

    /// Makes a transform for one thread.
    ///
    /// - Parameters:
    ///   - index: the pair's place in the configuration.
    ///   - target: the topic that its records go to.
    func transform(ofPair index: Int, target: String) throws -> any RecordTransform {
        let pair = configuration.pairs[index].topics
        let reader = DataKeyReader(cache: dataKeys[index])
        let schemas = schemas[index]?.makeReader()
        switch pair.action {
        case .encrypt(let rules):
            return try RecordEncryptor(rules: rules, target: target, keys: reader, schemas: schemas)
        case .decrypt(let rules):
            return try RecordDecryptor(rules: rules, keys: reader, schemas: schemas)
        }
    }

    /// What opens single records of a pair for people.
    ///
    /// - Parameters:
    ///   - index: the pair's place in the configuration.
    ///   - audit: where each look is told of.
    func look(ofPair index: Int, audit: any AuditTrail, timeout milliseconds: Int) -> RecordLook {
        RecordLook(pair: configuration.pairs[index].topics, audit: audit, timeout: milliseconds) { rules in
            try RecordDecryptor(
                rules: rules, keys: DataKeyReader(cache: self.dataKeys[index]),
                schemas: self.schemas[index]?.makeReader())
        }
    }

    /// Makes what seals a pair's dead letters, for one thread.
    func deadLetterSealer(ofPair index: Int, rules: DeadLetterRules) throws -> DeadLetterSealer {
        try DeadLetterSealer(rules: rules, keys: DataKeyReader(cache: dataKeys[index]))
    }

    /// What makes the sealers of a pair's workers; nil where it has no dead letters.
    func deadLetterSealers(ofPair index: Int) -> (@Sendable () throws -> DeadLetterSealer)? {
        guard let rules = configuration.pairs[index].topics.deadLetters?.rules else { return nil }
        return { try self.deadLetterSealer(ofPair: index, rules: rules) }
    }

    /// Makes what opens a pair's dead letters, for one thread.
    func deadLetterOpener(ofPair index: Int, rules: DeadLetterRules) throws -> DeadLetterOpener {
        try DeadLetterOpener(rules: rules, keys: DataKeyReader(cache: dataKeys[index]))
    }

    /// Makes what explains an encrypt pair.
    func explainer(ofPair index: Int, rules: EncryptionRules) throws -> SealingExplainer {
        try SealingExplainer(
            rules: rules, target: configuration.pairs[index].topics.target,
            keys: DataKeyReader(cache: dataKeys[index]), schemas: schemas[index]?.makeReader())
    }

    /// How the caches of data keys fare: first the one that pairs without their own share, then those of the others.
    var keyStatistics: [DataKeyStatistics] {
        let own = zip(configuration.pairs, dataKeys)
        let shared = own.first { !$0.0.hasOwnKeyManagement }.map { [$0.1] } ?? []
        return (shared + own.filter(\.0.hasOwnKeyManagement).map(\.1)).map(\.statistics)
    }

    /// The cache of data keys that a pair of another configuration may go on with: with the same settings, and shared only with
    /// whom it was shared before.
    private func keys(like pair: FieldsealConfiguration.Pair) -> DataKeyCache? {
        zip(configuration.pairs, dataKeys).first { known, _ in
            known.keyManagement == pair.keyManagement && known.hasOwnKeyManagement == pair.hasOwnKeyManagement
                && (!pair.hasOwnKeyManagement || known.topics.name == pair.topics.name)
        }?.1
    }

    private func schemas(like pair: FieldsealConfiguration.Pair) -> SchemaCache? {
        zip(configuration.pairs, schemas).first { known, _ in
            known.schemaRegistry == pair.schemaRegistry && known.hasOwnSchemaRegistry == pair.hasOwnSchemaRegistry
                && (!pair.hasOwnSchemaRegistry || known.topics.name == pair.topics.name)
        }?.1
    }

    /// Forgets all keys and ends the background threads, but for those that `successor` goes on with.
    func shutDown(for successor: Assembly? = nil) {
        for cache in dataKeys where !(successor?.dataKeys.contains { $0 === cache } ?? false) { cache.shutDown() }
        for case let cache? in schemas where !(successor?.schemas.contains { $0 === cache } ?? false) {
            cache.shutDown()
        }
    }
}
