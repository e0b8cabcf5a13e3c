import Pipeline
import SchemaRegistry

/// Makes the configuration of what the file held, and checks the rules that no single value can break alone.
struct ConfigurationBuilder {
    let root: SectionValue
    let diagnostics: DiagnosticCollector
    let environment: [String: String]

    /// The configuration; nil only where errors have been told.
    func build() -> FieldsealConfiguration? {
        let keyServices = KeyServiceBuilder(diagnostics: diagnostics, environment: environment)
        let registries = SchemaRegistryBuilder(diagnostics: diagnostics)
        let keyService = keyServices.build(root, of: RootSettings.kms)
        let registry = registries.build(root)
        let admin = AdminBuilder(diagnostics: diagnostics).build(root)
        let control = control()
        guard let sections = root[RootSettings.pairs] else { return nil }
        guard sections.count <= PairSettings.limit else {
            let message = "found \(sections.count) pairs; at most \(PairSettings.limit) are allowed"
            diagnostics.error(
                at: root.mark(of: RootSettings.pairs), root.path(of: RootSettings.pairs), message)
            return nil
        }
        let set = PairSet(
            sections: sections, ownTopics: ownTopics + deadLetterTopics(sections), diagnostics: diagnostics)
        set.check()
        let pairs = sections.enumerated().compactMap { index, section -> FieldsealConfiguration.Pair? in
            let builder = PairBuilder(
                root: root, section: section.value, index: index, pairs: set, diagnostics: diagnostics,
                keyService: keyServices.build(section.value, of: RootSettings.kms, inherited: keyService),
                registry: registries.build(section.value, inherited: registry))
            return builder.build()
        }
        return FieldsealConfiguration(
            instance: root[RootSettings.instance], leavesOnShutdown: root[RootSettings.onShutdown] == .leave,
            keyManagement: keyService.settings, schemaRegistry: registry.settings, audit: audit,
            control: control, admin: admin, pairs: pairs)
    }

    /// The topics of Fieldseal's own, which no pair may read or write.
    private var ownTopics: [Located<String>] {
        [
            root[RootSettings.control]?.located(ControlSettings.topic),
            root[RootSettings.audit]?.located(AuditKeys.topic),
        ].compactMap(\.self)
    }

    private func deadLetterTopics(_ pairs: [Located<SectionValue>]) -> [Located<String>] {
        pairs.compactMap { pair in
            pair.value[PairSettings.encrypt]?.located(EncryptSettings.deadLetterTopic)
                ?? pair.value[PairSettings.decrypt]?.located(DecryptSettings.deadLetterTopic)
        }
    }

    private func control() -> FieldsealConfiguration.Control? {
        guard let section = root[RootSettings.control], let topic = section[ControlSettings.topic],
            let kafka = KafkaSettingsBuilder(root: root, diagnostics: diagnostics).buildForRoot(
                section.mark, section.path)
        else { return nil }
        return FieldsealConfiguration.Control(topic: topic, kafka: kafka)
    }

    private var audit: AuditSettings {
        guard let section = root[RootSettings.audit], let topic = section[AuditKeys.topic],
            let kafka = KafkaSettingsBuilder(root: root, diagnostics: diagnostics).buildForRoot(
                section.mark, section.path)
        else { return AuditSettings() }
        return AuditSettings(
            topic: topic, isRequired: section[AuditKeys.required] ?? false,
            bufferEvents: section[AuditKeys.bufferEvents] ?? AuditSettings.defaultBufferEvents, kafka: kafka)
    }
}
