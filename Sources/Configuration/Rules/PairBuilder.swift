import Pipeline

/// Makes one pair.
struct PairBuilder {
    let root: SectionValue
    let section: SectionValue
    /// The pair's place among all.
    let index: Int
    let pairs: PairSet
    let diagnostics: DiagnosticCollector
    let keyService: KeyService
    let registry: SchemaRegistryBuilder.Registry

    /// The pair; nil only where errors have been told.
    func build() -> FieldsealConfiguration.Pair? {
        let kafka = KafkaSettingsBuilder(root: root, diagnostics: diagnostics).build(section)
        TopicsRule(diagnostics: diagnostics).check(section)
        let deadLetters = deadLetters()
        guard let action = action(), let kafka, let name = section[PairSettings.name], let names = pairs.topics[index]
        else { return nil }
        let limits = TopicPair.CommitLimits()
        var topics = TopicPair(
            name: name, source: names.source, target: names.target, targetTopic: targetTopic(),
            groupID: section[PairSettings.groupId], instance: root[RootSettings.instance],
            leavesOnShutdown: root[RootSettings.onShutdown] == .leave, workers: section[PairSettings.workers] ?? 1,
            delivery: section[PairSettings.delivery] ?? .exactlyOnce,
            commitLimits: TopicPair.CommitLimits(
                intervalMilliseconds: section[PairSettings.commitIntervalMs] ?? limits.intervalMilliseconds,
                records: section[PairSettings.commitMaxRecords] ?? limits.records,
                bytes: section[PairSettings.commitMaxBytes] ?? limits.bytes),
            startFrom: section[PairSettings.startFrom], kafka: kafka, action: action)
        topics.deadLetters = deadLetters
        topics.demand = DemandBuilder(root: root, pairs: pairs, diagnostics: diagnostics).build(section)
        topics.purgeSource = purgeSource()
        if topics.readsPattern { topics.excludedTopics = pairs.excludedTopics(ofPair: index) }
        return FieldsealConfiguration.Pair(
            topics: topics, keyManagement: keyService.settings, hasOwnKeyManagement: section.has(RootSettings.kms),
            schemaRegistry: registry.settings, hasOwnSchemaRegistry: section.has(RootSettings.schemaRegistry))
    }

    private func deadLetters() -> DeadLetterPolicy? {
        let builder = DeadLetterBuilder(diagnostics: diagnostics, keyService: keyService)
        return section[PairSettings.encrypt].flatMap(builder.build(encrypt:))
            ?? section[PairSettings.decrypt].flatMap(builder.build(decrypt:))
    }

    private func action() -> TopicPair.Action? {
        switch (section.has(PairSettings.encrypt), section.has(PairSettings.decrypt)) {
        case (true, false):
            let builder = EncryptionRulesBuilder(
                diagnostics: diagnostics, keyService: keyService, registry: registry)
            return section[PairSettings.encrypt].flatMap(builder.build).map { .encrypt($0) }
        case (false, true):
            let builder = DecryptionRulesBuilder(
                diagnostics: diagnostics, keyService: keyService, registry: registry,
                defaultKeks: pairs.keks(ofPair: index))
            return section[PairSettings.decrypt].flatMap(builder.build).map { .decrypt($0) }
        case (true, true):
            diagnostics.error(
                at: section.mark(of: PairSettings.decrypt), section.path(of: PairSettings.decrypt),
                "found beside encrypt; allowed: one of the two")
        case (false, false):
            diagnostics.error(
                at: section.mark, section.path, "the key \"encrypt\" or \"decrypt\" is missing; allowed: one of the two"
            )
        }
        return nil
    }

    private func purgeSource() -> SourcePurgeSettings? {
        guard let purge = section[PairSettings.encrypt]?[EncryptSettings.purgeSource],
            let after = purge[SourcePurgeKeys.afterMs]
        else { return nil }
        return SourcePurgeSettings(
            afterMilliseconds: after, respectsOtherGroups: purge[SourcePurgeKeys.respectOtherGroups] ?? true)
    }

    private func targetTopic() -> TopicPair.TargetTopic {
        guard let topic = section[PairSettings.targetTopic] else { return TopicPair.TargetTopic() }
        let configuration = topic[TargetTopicSettings.config]?.open ?? []
        return TopicPair.TargetTopic(
            isCreated: topic[TargetTopicSettings.create] ?? true, partitions: topic[TargetTopicSettings.partitions],
            replicationFactor: topic[TargetTopicSettings.replicationFactor],
            configuration: Dictionary(configuration.map { ($0.name, $0.text.value.text) }) { _, last in last })
    }
}
