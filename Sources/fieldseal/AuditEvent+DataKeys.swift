import KeyManagement
import Pipeline

extension AuditEvent {
    /// What the trail says of data keys: the KEK's address, the topic and the algorithm, and nothing of the key.
    init(_ event: DataKeyEvent) {
        switch event {
        case .created(let key, let topic, let algorithm):
            self.init(
                .keyCreated, topic: topic, details: ["kek": "\(key)", "algorithm": algorithm.rawValue])
        case .renewed(let key, let topic, let algorithm):
            self.init(
                .keyRenewed, topic: topic, details: ["kek": "\(key)", "algorithm": algorithm.rawValue])
        case .suspended(let key, let reason):
            self.init(.keyServiceDown, reason: "key_unavailable", message: reason, details: ["kek": "\(key)"])
        case .resumed(let key):
            self.init(.keyServiceUp, details: ["kek": "\(key)"])
        }
    }
}
