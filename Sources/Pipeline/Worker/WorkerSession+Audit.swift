extension WorkerSession {
    /// Puts on record what happened to a record or partition; where the trail takes no more and must, the pair is idle
    /// from the next step on.
    func audit(
        _ kind: AuditEvent.Kind, _ partition: Int32, offset: Int64, _ cause: HaltCause? = nil, actor: String? = nil,
        purpose: String? = nil
    ) {
        let place = topics.partition(ofSlot: partition)
        var event = AuditEvent(
            kind, pair: task.pair.name, topic: place.topic, partition: place.partition,
            offset: offset >= 0 ? offset : nil,
            reason: cause?.code, message: cause?.message, actor: actor, purpose: purpose)
        if let field = cause?.field { event.details["field"] = field }
        task.services.audit.record(event)
        if !task.services.audit.isAccepting { task.services.activity.setIdle(.auditFull) }
    }

    /// What a record that can't be transformed is called.
    var failureKind: AuditEvent.Kind {
        if case .encrypt = task.pair.action { .encryptionFailed } else { .decryptionFailed }
    }
}
