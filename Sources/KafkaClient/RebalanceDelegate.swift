/// Decides what happens when partitions come and go; called inside `Consumer.poll` and `Consumer.close`, on their thread.
public protocol RebalanceDelegate: AnyObject {
    /// These partitions are the member's now; it must call `Consumer.assign` before it returns.
    func consumer(_ consumer: Consumer, assigned partitions: [TopicPartition])

    /// All partitions go; it must call `Consumer.unassign` before it returns.
    ///
    /// `Consumer.isAssignmentLost` says whether others may have them already.
    func consumer(_ consumer: Consumer, revoked partitions: [TopicPartition])
}
