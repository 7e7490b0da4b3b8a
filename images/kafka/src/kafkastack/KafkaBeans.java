package kafkastack;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which of Kafka's metrics are given to Prometheus. What grows with topics, partitions, clients or the kinds of requests is left out or bounded, so that the number of
 * series follows from the number of servers alone.
 */
final class KafkaBeans {
    /** Instead of names: all of a type. */
    static final Set<String> ALL = Set.of("*");

    /** Broker and controller metrics, by domain and type, with the names that are taken. */
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

    /** Requests whose times are given: Kafka has ninety kinds. */
    static final Set<String> TIMED_REQUESTS = Set.of("Produce", "FetchConsumer", "FetchFollower", "Metadata");

    /** What is given of each topic. */
    static final Set<String> OF_A_TOPIC = Set.of("BytesInPerSec", "BytesOutPerSec", "MessagesInPerSec");

    /** Topics of which it is given, at each broker; the first by name. */
    static final int TOPICS = 200;

    /** What is given of a partition, and only while it is so, with the metric that says whether any is. */
    static final Map<String, String> OF_A_PARTITION = Map.of("UnderReplicated", "UnderReplicatedPartitions", "UnderMinIsr", "UnderMinIsrPartitionCount");

    /** Partitions of which it is given, at each broker. */
    static final int PARTITIONS = 50;

    /** Beans of `kafka.server` that have their metrics as attributes: how the type is written in names, the attributes that are taken, and the labels that they must have. */
    static final Map<String, WithAttributes> WITH_ATTRIBUTES = Map.of(
            "raft-metrics", new WithAttributes("raftmetrics", ALL, List.of()),
            "broker-metadata-metrics", new WithAttributes("brokermetadatametrics", ALL, List.of()),
            "socket-server-metrics", new WithAttributes("socket_server_metrics", Set.of("connection-count"), List.of("listener", "networkProcessor")),
            "group-coordinator-metrics", new WithAttributes("group_coordinator_metrics", Set.of("group-count", "num-partitions"), null));

    /** @param labels that a bean must have and no other; null when any will do. */
    record WithAttributes(String name, Set<String> attributes, List<String> labels) {}

    private KafkaBeans() {}
}
