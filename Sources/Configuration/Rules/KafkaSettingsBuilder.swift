import Pipeline

/// Lays a pair's Kafka properties over those of the top.
struct KafkaSettingsBuilder {
    let root: SectionValue
    let diagnostics: DiagnosticCollector

    /// The pair's properties; nil where there are no brokers or a section is not valid, which has been told.
    func build(_ pair: SectionValue) -> TopicPair.KafkaSettings? {
        let kafka = RootSettings.kafka
        let own = pair[kafka]
        let top = root[kafka]
        guard !pair.has(kafka) || own != nil, !root.has(kafka) || top != nil else { return nil }
        let isAlone = own?.marks[KafkaPropertySettings.brokers] != nil
        let layers = [isAlone ? nil : top, own].compactMap { $0 }
        let settings = TopicPair.KafkaSettings(
            common: merged(layers), consumer: merged(layers.compactMap { $0[KafkaPropertySettings.consumer] }),
            producer: merged(layers.compactMap { $0[KafkaPropertySettings.producer] }))
        let holder = pair.has(kafka) ? pair : root
        return checkBrokers(settings, layers, at: holder.mark(of: kafka), holder.path(of: kafka))
    }

    /// The properties of the top, for what belongs to no pair; nil where there are no brokers, which is told at `mark`.
    func buildForRoot(_ mark: SourceMark, _ path: SettingPath) -> TopicPair.KafkaSettings? {
        guard let top = root[RootSettings.kafka], top.marks[KafkaPropertySettings.brokers] != nil else {
            if !root.has(RootSettings.kafka) || root[RootSettings.kafka] != nil {
                diagnostics.error(
                    at: mark, path,
                    "found without \"\(KafkaPropertySettings.brokers)\" under the top \"kafka\", whose brokers it is on"
                )
            }
            return nil
        }
        return TopicPair.KafkaSettings(
            common: merged([top]), consumer: merged([top[KafkaPropertySettings.consumer]].compactMap(\.self)),
            producer: merged([top[KafkaPropertySettings.producer]].compactMap(\.self)))
    }

    private func merged(_ layers: [SectionValue]) -> [String: String] {
        var properties: [String: String] = [:]
        for layer in layers {
            for member in layer.open { properties[member.name] = member.text.value.text }
        }
        return properties
    }

    private func checkBrokers(
        _ settings: TopicPair.KafkaSettings, _ layers: [SectionValue], at mark: SourceMark, _ path: SettingPath
    ) -> TopicPair.KafkaSettings? {
        let name = KafkaPropertySettings.brokers
        let allowed = "the HOST:PORT of one or more brokers, separated by commas"
        guard let brokers = settings.common[name] else {
            if layers.allSatisfy({ $0.marks[name] == nil }) {
                diagnostics.error(at: mark, path, "the property \"\(name)\" is missing; allowed: \(allowed)")
            }
            return nil
        }
        guard brokers.utf8.contains(where: { $0 > 0x20 }) else {
            let place = layers.last { $0.marks[name] != nil }
            diagnostics.error(
                at: place?.marks[name]?.value ?? mark, (place?.path ?? path).appending(name),
                "found an empty value; allowed: \(allowed)")
            return nil
        }
        return settings
    }
}
