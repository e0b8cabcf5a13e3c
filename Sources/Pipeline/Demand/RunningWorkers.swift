import KafkaClient

/// A runner's workers, as demand sees them.
struct RunningWorkers: PairWorkers {
    let controls: [WorkerControl]
    let activity: PairActivity

    var places: [TopicPartition] {
        controls.flatMap { control in
            control.status.partitions.map {
                TopicPartition(topic: $0.topic, partition: $0.partition, offset: $0.next)
            }
        }
    }

    var areAtRest: Bool {
        controls.allSatisfy { control in
            let status = control.status
            return status.idle != nil || status.partitions.isEmpty
        }
    }

    func setIdle(_ isIdle: Bool) {
        if isIdle { activity.setIdle(.noDemand) } else { activity.clearIdle(code: IdleCause.noDemandCode) }
    }
}

extension IdleCause {
    /// The code of a pair that nobody wants records of.
    public static let noDemandCode = "no_demand"

    /// Nobody wants its records.
    static let noDemand = IdleCause(
        code: noDemandCode, message: "No consumer is assigned the target, and no lease is held.")
}
