extension ControlEntry.Key {
    /// The text that is the record's key in the control topic: the kind and the names, by `/`, which none of them holds.
    var text: String {
        switch self {
        case .pause(let pair): "pause/\(pair)"
        case .skip(let pair, let topic, let partition): "skip/\(pair)/\(topic)/\(partition)"
        case .lease(let pair, let id): "lease/\(pair)/\(id)"
        case .purgeNotes(let pair, let topic, let partition): "purge-notes/\(pair)/\(topic)/\(partition)"
        }
    }

    /// Reads a text that `text` made; nil where it is anything else.
    init?(parsing text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 2, !parts.contains("") else { return nil }
        switch (parts[0], parts.count) {
        case ("pause", 2): self = .pause(pair: parts[1])
        case ("lease", 3): self = .lease(pair: parts[1], id: parts[2])
        case ("skip", 4), ("purge-notes", 4):
            guard let partition = Int32(parts[3]), partition >= 0 else { return nil }
            self =
                parts[0] == "skip"
                ? .skip(pair: parts[1], topic: parts[2], partition: partition)
                : .purgeNotes(pair: parts[1], topic: parts[2], partition: partition)
        default: return nil
        }
        // One key has one text: "007" is no partition.
        guard self.text == text else { return nil }
    }
}
