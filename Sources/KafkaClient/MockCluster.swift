internal import CRdKafka

/// librdkafka's cluster in this process, for tests of failures that a real broker does not give on demand.
///
/// It hides no aborted records from `read_committed` and fences nobody: nothing about exactly once can be seen on it.
public final class MockCluster {
    /// A request of Kafka's protocol, by its API key.
    public enum Request: Int16, Sendable {
        /// Produce.
        case produce = 0
        /// Fetch.
        case fetch = 1
        /// FindCoordinator.
        case findCoordinator = 10
        /// Heartbeat.
        case heartbeat = 12
        /// InitProducerId.
        case initProducerID = 22
        /// AddPartitionsToTxn.
        case addPartitionsToTransaction = 24
        /// AddOffsetsToTxn.
        case addOffsetsToTransaction = 25
        /// EndTxn.
        case endTransaction = 26
        /// TxnOffsetCommit.
        case transactionalOffsetCommit = 28
    }

    /// What a coordinator is for.
    public enum Coordinated: Sendable {
        /// A consumer group, by its `group.id`.
        case group(String)
        /// A producer's transactions, by its `transactional.id`.
        case transactions(String)
    }

    private let handle: ClientHandle
    private let cluster: OpaquePointer

    /// Starts a cluster of `brokers` brokers.
    public init(brokers: Int = 1) throws(KafkaError) {
        handle = try ClientHandle(RD_KAFKA_PRODUCER, settings: [:], events: ClientEvents())
        guard let cluster = rd_kafka_mock_cluster_new(handle.pointer, Int32(clamping: brokers)) else {
            throw KafkaError("start a mock cluster", code: RD_KAFKA_RESP_ERR__FAIL)
        }
        self.cluster = cluster
    }

    deinit {
        rd_kafka_mock_cluster_destroy(cluster)
    }

    /// The value for `bootstrap.servers`.
    public var bootstrapServers: String {
        String(cString: rd_kafka_mock_cluster_bootstraps(cluster))
    }

    /// Creates a topic with one replica.
    public func createTopic(_ name: String, partitions: Int) throws(KafkaError) {
        let code = rd_kafka_mock_topic_create(cluster, name, Int32(clamping: partitions), 1)
        if code != RD_KAFKA_RESP_ERR_NO_ERROR { throw KafkaError("create topic '\(name)'", code: code) }
    }

    /// Lets the next requests of this kind fail, one with each of `errors`.
    public func fail(_ request: Request, with errors: [KafkaErrorCode]) {
        let codes = errors.map { rd_kafka_resp_err_t($0.rawValue) }
        rd_kafka_mock_push_request_errors_array(cluster, request.rawValue, codes.count, codes)
    }

    /// Takes a broker (numbered from 1) off the network, or puts it back.
    public func setBroker(_ number: Int, isDown: Bool) {
        let number = Int32(clamping: number)
        _ =
            isDown
            ? rd_kafka_mock_broker_set_down(cluster, number) : rd_kafka_mock_broker_set_up(cluster, number)
    }

    /// Makes a broker (numbered from 1) the leader of a partition.
    public func moveLeader(of topic: String, partition: Int32, to broker: Int) throws(KafkaError) {
        let code = rd_kafka_mock_partition_set_leader(cluster, topic, partition, Int32(clamping: broker))
        if code != RD_KAFKA_RESP_ERR_NO_ERROR { throw KafkaError("move a leader", code: code, topic: topic) }
    }

    /// Makes a broker (numbered from 1) the coordinator.
    public func moveCoordinator(of coordinated: Coordinated, to broker: Int) throws(KafkaError) {
        let (kind, key) =
            switch coordinated {
            case .group(let group): ("group", group)
            case .transactions(let id): ("transaction", id)
            }
        let code = rd_kafka_mock_coordinator_set(cluster, kind, key, Int32(clamping: broker))
        if code != RD_KAFKA_RESP_ERR_NO_ERROR { throw KafkaError("move a coordinator", code: code) }
    }

    /// Lets every broker answer so many milliseconds later.
    public func setDelay(_ milliseconds: Int) {
        _ = rd_kafka_mock_broker_set_rtt(cluster, -1, Int32(clamping: milliseconds))
    }
}
