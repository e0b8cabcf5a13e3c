extension SchemaAttributes {
    /// Takes over the members of a declaration, but for those that its language gives a meaning.
    ///
    /// The names that are asked for later are never among these, so that it is enough to leave out what is large.
    init(readingUnknown members: [String: AvroSchemaJSON], known: Set<String> = []) {
        var values: [String: Value] = [:]
        for (name, json) in members where !known.contains(name) {
            switch json {
            case .string(let text): values[name] = .texts([text])
            case .array(let elements):
                let texts = elements.compactMap(\.text)
                values[name] = texts.count == elements.count ? .texts(texts) : .other
            default: values[name] = .other
            }
        }
        self.init(values)
    }
}
