package kafkastack;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.FeatureMetadata;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;

/** Asks the other brokers about the partitions of one that has not started, and the controllers whether there are any. */
final class ClusterCopies implements LostCopies.Others {
    private static final int ANSWER_S = 10;
    private static final String ELIGIBLE = "eligible.leader.replicas.version";

    private final int broker;
    private final String clusterId;
    private final String brokers;
    private final List<String> controllers;
    private final boolean noTopics;

    /**
     * @param properties the rendered file: {@code health.brokers}, addresses of the other brokers; {@code health.controllers}, of the controllers' health
     *     endpoints; {@code health.topics}, with ZooKeeper, where there are no controllers that could tell, the number of topics.
     */
    ClusterCopies(int broker, String clusterId, Properties properties) {
        this.broker = broker;
        this.clusterId = clusterId;
        this.brokers = properties.getProperty("health.brokers", "");
        this.controllers = Arrays.stream(properties.getProperty("health.controllers", "").split(",")).filter(address -> !address.isEmpty()).toList();
        this.noTopics = properties.getProperty("health.topics", "").equals("0");
    }

    @Override
    public LostCopies.Answer ask() throws InterruptedException {
        if (!brokers.isEmpty()) {
            Map<String, Object> settings = Map.of(
                    "bootstrap.servers", brokers, "client.id", "lost-copies", "enable.metrics.push", "false", "default.api.timeout.ms", "10000", "request.timeout.ms", "5000", "reconnect.backoff.max.ms", "500");
            try (Admin admin = Admin.create(Tls.with(settings))) {
                return ask(admin);
            } catch (KafkaException | ExecutionException | TimeoutException e) {
                // No broker answers, or none of their names has an address yet.
            }
        }
        return new LostCopies.Answer(null, false, noTopics || controllers.stream().anyMatch(this::leadsWithoutTopics));
    }

    private LostCopies.Answer ask(Admin admin) throws InterruptedException, ExecutionException, TimeoutException {
        FeatureMetadata features = admin.describeFeatures().featureMetadata().get(ANSWER_S, TimeUnit.SECONDS);
        var level = features.finalizedFeatures().get(ELIGIBLE);
        var names = admin.listTopics(new ListTopicsOptions().listInternal(true)).names().get(ANSWER_S, TimeUnit.SECONDS);
        List<LostCopies.Partition> partitions = new ArrayList<>();
        for (TopicDescription topic : admin.describeTopics(names).allTopicNames().get(ANSWER_S, TimeUnit.SECONDS).values()) {
            for (TopicPartitionInfo partition : topic.partitions()) {
                if (partition.replicas().stream().anyMatch(node -> node.id() == broker)) {
                    int leader = partition.leader() == null || partition.leader().isEmpty() ? -1 : partition.leader().id();
                    partitions.add(new LostCopies.Partition(topic.name() + "-" + partition.partition(), leader, ids(partition.isr()), ids(partition.elr()), ids(partition.lastKnownElr())));
                }
            }
        }
        return new LostCopies.Answer(partitions, level != null && level.maxVersionLevel() > 0, false);
    }

    private static Set<Integer> ids(List<Node> nodes) {
        return nodes == null ? Set.of() : nodes.stream().map(Node::id).collect(Collectors.toSet());
    }

    private boolean leadsWithoutTopics(String address) {
        Map<String, String> said = PeerAnswer.values(PeerAnswer.lines(address, "/topics"));
        return clusterId.equals(said.get("cluster")) && ControllerHealth.NO_TOPICS.equals(said.get(ControllerHealth.TOPICS));
    }
}
