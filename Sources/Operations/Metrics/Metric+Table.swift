/// The table of all metrics: docs/metrics.md is compared with it.
extension Metric {
    static let records = Metric(
        "fieldseal_records_total", .counter, ["pair", "direction", "outcome"],
        "Records that were read, by what became of them.")
    static let recordBytes = Metric(
        "fieldseal_record_bytes_total", .counter, ["pair", "direction"],
        "Bytes of keys, values and header values that were written.")
    static let transformDurationSeconds = Metric(
        "fieldseal_transform_duration_seconds", .histogram, ["pair"],
        "Time to seal or open one record, waiting for keys and schemas left out; measured on one record in some.")
    static let kmsCallDurationSeconds = Metric(
        "fieldseal_kms_call_duration_seconds", .histogram, ["provider", "operation", "outcome"],
        "Time of one call to a KMS.")
    static let transactions = Metric(
        "fieldseal_transactions_total", .counter, ["pair", "outcome"],
        "Transactions, or with at_least_once rounds of delivery and commit.")
    static let consumerLagRecords = Metric(
        "fieldseal_consumer_lag_records", .gauge, ["pair", "topic", "partition"],
        "Records between the next one to read and the last one that may be read. Counted by the worker's own position, so that 0 means that nothing is left, also behind the markers of transactions."
    )
    static let upstreamOpenTransactionRecords = Metric(
        "fieldseal_upstream_open_transaction_records", .gauge, ["pair", "topic", "partition"],
        "Records at the end of the source that can't be read yet, because a producer upstream has a transaction open.")
    static let partitionHalted = Metric(
        "fieldseal_partition_halted", .gauge, ["pair", "topic", "partition", "reason"],
        "1 for each partition that stands still, with the reason's code of docs/errors.md.")
    static let partitionsAssigned = Metric(
        "fieldseal_partitions_assigned", .gauge, ["pair"],
        "Partitions that this process reads.")
    static let workerRunning = Metric(
        "fieldseal_worker_running", .gauge, ["pair", "worker"],
        "1 while the worker takes part in its group, else 0.")
    static let workerRestarts = Metric(
        "fieldseal_worker_restarts_total", .counter, ["pair"],
        "Times that a worker replaced its Kafka clients after a fatal error.")
    static let dataKeyCacheHits = Metric(
        "fieldseal_data_key_cache_hits_total", .counter, ["cache", "purpose"],
        "Uses of a data key that was there.")
    static let dataKeyCacheMisses = Metric(
        "fieldseal_data_key_cache_misses_total", .counter, ["cache", "purpose"],
        "Times that a data key had to be waited for.")
    static let dataKeyCacheRenewals = Metric(
        "fieldseal_data_key_cache_renewals_total", .counter, ["cache", "purpose"],
        "Data keys that were replaced ahead of their end.")
    static let dataKeys = Metric(
        "fieldseal_data_keys", .gauge, ["cache", "purpose"],
        "Data keys in memory.")
    static let dataKeyAgeSecondsMax = Metric(
        "fieldseal_data_key_age_seconds_max", .gauge, ["cache", "purpose"],
        "Age of the oldest data key in memory.")
    static let kmsUp = Metric(
        "fieldseal_kms_up", .gauge, ["provider"],
        "1 if the last call was answered, a refusal included; 0 if it was not.")
    static let kmsCircuitOpen = Metric(
        "fieldseal_kms_circuit_open", .gauge, ["provider"],
        "1 while calls are held back because the KMS does not answer.")
    static let demandActive = Metric(
        "fieldseal_demand_active", .gauge, ["pair"],
        "Of pairs with demand: 1 while someone wants the decrypted records.")
    static let deadLetters = Metric(
        "fieldseal_dead_letters_total", .counter, ["pair"],
        "Records that were written to the dead-letter topic.")
    static let auditEvents = Metric(
        "fieldseal_audit_events_total", .counter, ["kind"],
        "Events of the audit trail.")
    static let auditBufferEvents = Metric(
        "fieldseal_audit_buffer_events", .gauge, [],
        "Events that wait to be written to the audit topic.")
    static let auditDropped = Metric(
        "fieldseal_audit_dropped_total", .counter, [],
        "Events that were lost because the audit topic could not be written for too long.")
    static let purgedRecords = Metric(
        "fieldseal_purged_records_total", .counter, ["pair"],
        "Records that were deleted, by purgeSource from the source, by demand.purge from the target.")
    static let kafkaQueueMessages = Metric(
        "fieldseal_kafka_queue_messages", .gauge, ["pair", "client"],
        "Messages in librdkafka's queue: fetched ahead, or waiting to be sent.")
    static let kafkaBrokerRttSeconds = Metric(
        "fieldseal_kafka_broker_rtt_seconds", .summary, ["pair", "client", "quantile"],
        "Round trips to the slowest broker.")
    static let kafkaBrokerErrors = Metric(
        "fieldseal_kafka_broker_errors_total", .counter, ["pair", "client"],
        "Requests to brokers that failed, and connections that were lost.")
    static let configurationReloads = Metric(
        "fieldseal_configuration_reloads_total", .counter, ["outcome"],
        "Changed configuration files that were put in force (applied) or not (refused).")
    static let configurationRefused = Metric(
        "fieldseal_configuration_refused", .gauge, [],
        "1 while the configuration file as it is now is refused, and the process runs by an earlier one.")
    static let configurationLoadedSeconds = Metric(
        "fieldseal_configuration_loaded_timestamp_seconds", .gauge, [],
        "When the configuration in force was put in force, in seconds since 1970.")
    static let buildInfo = Metric(
        "fieldseal_build_info", .gauge, ["version"],
        "Always 1.")
    static let processCpuSeconds = Metric(
        "process_cpu_seconds_total", .counter, [],
        "CPU time of the process, user and system.")
    static let processResidentMemoryBytes = Metric(
        "process_resident_memory_bytes", .gauge, [],
        "Memory in use.")
    static let processOpenFds = Metric(
        "process_open_fds", .gauge, [],
        "Open file descriptors.")
    static let processMaxFds = Metric(
        "process_max_fds", .gauge, [],
        "How many may be open.")
    static let processStartTimeSeconds = Metric(
        "process_start_time_seconds", .gauge, [],
        "When the process started, in seconds since 1970.")

    /// All of them, in the order of the page and of the docs.
    static let all: [Metric] = [
        records, recordBytes, transformDurationSeconds, kmsCallDurationSeconds, transactions, consumerLagRecords,
        upstreamOpenTransactionRecords, partitionHalted, partitionsAssigned, workerRunning, workerRestarts,
        dataKeyCacheHits, dataKeyCacheMisses, dataKeyCacheRenewals, dataKeys, dataKeyAgeSecondsMax, kmsUp,
        kmsCircuitOpen, demandActive, deadLetters, auditEvents, auditBufferEvents, auditDropped, purgedRecords,
        kafkaQueueMessages, kafkaBrokerRttSeconds, kafkaBrokerErrors, configurationReloads,
        configurationRefused, configurationLoadedSeconds, buildInfo, processCpuSeconds,
        processResidentMemoryBytes, processOpenFds, processMaxFds, processStartTimeSeconds,
    ]
}
