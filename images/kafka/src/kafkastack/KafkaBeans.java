package kafkastack;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which of Kafka's metrics Prometheus gets. Metrics that grow with topics, partitions, clients or kinds of requests are left out or bounded, so that
 * the number of series depends on the number of servers alone.
 */
final class KafkaBeans {
    /** All names of a type. */
    static final Set<String> ALL = Set.of("*");

    /** Broker and controller metrics: the names to export, by domain and type. */
    static final Map<String, Map<String, Set<String>>> NAMED = Map.of(
            "kafka.controller", Map.of(
                    "KafkaController", ALL,
                    "ControllerStats", ALL,
                    "ControllerEventManager", ALL),
            "kafka.server", Map.ofEntries(
                    Map.entry("KafkaServer", Set.of("BrokerState")),
                    Map.entry("ReplicaManager", ALL),
                    Map.entry("BrokerTopicMetrics", ALL),
                    Map.entry("KafkaRequestHandlerPool", ALL),
                    Map.entry("DelayedOperationPurgatory", ALL),
                    Map.entry("ReplicaFetcherManager", ALL),
                    Map.entry("ReplicaAlterLogDirsManager", ALL),
                    Map.entry("MetadataLoader", ALL),
                    Map.entry("SnapshotEmitter", ALL),
                    Map.entry("SessionExpireListener", ALL),
                    Map.entry("ZooKeeperClientMetrics", ALL)),
            "kafka.network", Map.of(
                    "SocketServer", Set.of("NetworkProcessorAvgIdlePercent", "ExpiredConnectionsKilledCount", "MemoryPoolUsed"),
                    "RequestChannel", Set.of("RequestQueueSize", "ResponseQueueSize"),
                    "RequestMetrics", Set.of(
                            "RequestsPerSec", "ErrorsPerSec", "TotalTimeMs", "RequestQueueTimeMs", "LocalTimeMs", "RemoteTimeMs", "ResponseQueueTimeMs", "ResponseSendTimeMs", "ThrottleTimeMs")),
            "kafka.log", Map.of(
                    "LogManager", ALL,
                    "LogCleaner", ALL,
                    "LogCleanerManager", ALL,
                    "LogFlushStats", ALL),
            "kafka.coordinator.group", Map.of("GroupMetadataManager", ALL),
            "kafka.coordinator.transaction", Map.of("TransactionMarkerChannelManager", ALL));

    /** Requests with exported times; Kafka has ninety kinds. */
    static final Set<String> TIMED_REQUESTS = Set.of("Produce", "FetchConsumer", "FetchFollower", "Metadata");

    /** Metrics of each topic. */
    static final Set<String> OF_A_TOPIC = Set.of("BytesInPerSec", "BytesOutPerSec", "MessagesInPerSec");

    /** The number of topics with metrics, at each broker; the first by name. */
    static final int TOPICS = 200;

    /** Metrics of a partition, exported only while they apply, with the metric that says whether any do. */
    static final Map<String, String> OF_A_PARTITION = Map.of("UnderReplicated", "UnderReplicatedPartitions", "UnderMinIsr", "UnderMinIsrPartitionCount");

    /** The number of partitions with metrics, at each broker. */
    static final int PARTITIONS = 50;

    /**
     * Beans of `kafka.server` with their metrics as attributes: the type as written in names, the attributes to export, and the labels that a bean
     * must have.
     */
    static final Map<String, WithAttributes> WITH_ATTRIBUTES = Map.of(
            "raft-metrics", new WithAttributes("raftmetrics", ALL, List.of()),
            "broker-metadata-metrics", new WithAttributes("brokermetadatametrics", ALL, List.of()),
            "socket-server-metrics", new WithAttributes("socket_server_metrics", Set.of("connection-count"), List.of("listener", "networkProcessor")),
            "group-coordinator-metrics", new WithAttributes("group_coordinator_metrics", Set.of("group-count", "num-partitions"), null));

    /** @param labels exactly the labels that a bean must have; null for any. */
    record WithAttributes(String name, Set<String> attributes, List<String> labels) {}

    private KafkaBeans() {}
}
