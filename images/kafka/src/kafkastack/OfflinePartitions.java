package kafkastack;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.PartitionReassignment;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ElectionNotNeededException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * The part of {@code recover-partitions} that asks Kafka; it runs in the pod of a broker that runs.
 *
 * <p>{@code PROPERTIES list}: prints the brokers that run, then every partition without a leader, {@code key=value} words, and {@code complete}. It
 * asks for moves too, which only the controller knows: a broker that has lost its controller answers nothing, and not what was once true.
 *
 * <p>{@code PROPERTIES elect BYTES}: reads {@code PARTITION LEADER REPLICA,REPLICA,…} from standard input, one a line, and makes that server the
 * leader. Kafka's unclean election takes the first replica that runs, so the replicas get that order first; {@code -} stands for the order they have.
 * Prints {@code PARTITION ok}, or {@code PARTITION} and why not. A partition that has a leader by now is left alone.
 */
final class OfflinePartitions {
    private static final int ANSWER_S = 15;
    /** How long brokers may take to hear of a new leader. */
    private static final int KNOWN_S = 30;

    private static final String UNCLEAN = "unclean.leader.election.enable";

    private final Admin admin;

    private OfflinePartitions(Admin admin) {
        this.admin = admin;
    }

    public static void main(String[] args) throws Exception {
        try (Admin admin = HealthClient.ofBroker(Copies.load(Path.of(args[0]))).connect()) {
            OfflinePartitions partitions = new OfflinePartitions(admin);
            switch (args[1]) {
                case "list" -> partitions.list();
                case "elect" -> partitions.elect(new String(System.in.readNBytes(Integer.parseInt(args[2])), StandardCharsets.UTF_8).lines().toList());
                default -> throw new IllegalArgumentException("no such command: " + args[1]);
            }
        } catch (Exception e) {
            System.err.println("kafka-stack: the cluster does not answer: " + why(e));
            System.exit(1);
        }
    }

    private void list() throws Exception {
        Collection<Node> brokers = admin.describeCluster().nodes().get(ANSWER_S, TimeUnit.SECONDS);
        var moves = Moves.ask(admin, ANSWER_S).underWay();
        var names = admin.listTopics(new ListTopicsOptions().listInternal(true)).names().get(ANSWER_S, TimeUnit.SECONDS);
        List<TopicDescription> topics = describe(names).values().stream().filter(topic -> topic.partitions().stream().anyMatch(partition -> !hasLeader(partition))).toList();
        var asked = topics.stream().map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic.name())).toList();
        var configs = admin.describeConfigs(asked).all().get(ANSWER_S, TimeUnit.SECONDS);
        System.out.println("running=" + ids(brokers));
        for (TopicDescription topic : topics) {
            var unclean = configs.get(new ConfigResource(ConfigResource.Type.TOPIC, topic.name())).get(UNCLEAN);
            for (TopicPartitionInfo partition : topic.partitions()) {
                if (hasLeader(partition)) {
                    continue;
                }
                String name = topic.name() + "-" + partition.partition();
                PartitionReassignment move = moves.get(new TopicPartition(topic.name(), partition.partition()));
                System.out.println("partition=" + name + " topic=" + topic.topicId() + " replicas=" + ids(partition.replicas()) + " isr=" + ids(partition.isr())
                        + " elr=" + ids(partition.elr()) + " lastElr=" + ids(partition.lastKnownElr())
                        + " adding=" + (move == null ? "" : list(move.addingReplicas())) + " removing=" + (move == null ? "" : list(move.removingReplicas()))
                        + " unclean=" + unclean.value());
            }
        }
        System.out.println("complete");
    }

    /** A partition, its leader to be, and the order of its replicas; null for the one it has. */
    private record Wish(int leader, List<Integer> order) {}

    private void elect(List<String> lines) throws Exception {
        Map<TopicPartition, Wish> wishes = new LinkedHashMap<>();
        for (String line : lines) {
            String[] words = line.split(" ");
            int dash = words[0].lastIndexOf('-');
            List<Integer> order = words[2].equals("-") ? null : Arrays.stream(words[2].split(",")).map(Integer::valueOf).toList();
            wishes.put(new TopicPartition(words[0].substring(0, dash), Integer.parseInt(words[0].substring(dash + 1))), new Wish(Integer.parseInt(words[1]), order));
        }
        Map<TopicPartition, String> failed = new HashMap<>();
        // The wishes are as old as the survey of the disks.
        leaders(wishes.keySet()).forEach((partition, leader) -> failed.put(partition, "node " + leader + " leads it by now"));
        reorder(wishes, failed);
        Set<TopicPartition> elected = wishes.keySet().stream().filter(partition -> !failed.containsKey(partition)).collect(Collectors.toSet());
        if (!elected.isEmpty()) {
            Map<TopicPartition, Optional<Throwable>> answers = admin.electLeaders(ElectionType.UNCLEAN, elected).partitions().get(KNOWN_S, TimeUnit.SECONDS);
            answers.forEach((partition, error) -> error.filter(e -> !(e instanceof ElectionNotNeededException)).ifPresent(e -> failed.put(partition, why(e))));
            elected.removeAll(failed.keySet());
            Map<TopicPartition, Integer> leaders = awaitLeaders(elected);
            for (TopicPartition partition : elected) {
                Integer leader = leaders.get(partition);
                if (leader == null) {
                    failed.put(partition, "no broker knows of a leader after " + KNOWN_S + " s");
                } else if (leader != wishes.get(partition).leader()) {
                    failed.put(partition, "node " + leader + " became the leader instead");
                }
            }
        }
        for (TopicPartition partition : wishes.keySet()) {
            System.out.println(partition.topic() + "-" + partition.partition() + " " + failed.getOrDefault(partition, "ok"));
        }
    }

    private void reorder(Map<TopicPartition, Wish> wishes, Map<TopicPartition, String> failed) throws Exception {
        Map<TopicPartition, Optional<NewPartitionReassignment>> orders = new HashMap<>();
        wishes.forEach((partition, wish) -> {
            if (wish.order() != null && !failed.containsKey(partition)) {
                orders.put(partition, Optional.of(new NewPartitionReassignment(wish.order())));
            }
        });
        if (orders.isEmpty()) {
            return;
        }
        for (Map.Entry<TopicPartition, KafkaFuture<Void>> answer : admin.alterPartitionReassignments(orders).values().entrySet()) {
            try {
                answer.getValue().get(KNOWN_S, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                failed.put(answer.getKey(), "its replicas cannot be put in order: " + why(e));
            }
        }
    }

    private Map<TopicPartition, Integer> awaitLeaders(Set<TopicPartition> partitions) throws Exception {
        for (long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(KNOWN_S); ; Thread.sleep(200)) {
            Map<TopicPartition, Integer> leaders = leaders(partitions);
            if (leaders.size() == partitions.size() || System.nanoTime() > deadline) {
                return leaders;
            }
        }
    }

    /** The leaders of those partitions that have one. */
    private Map<TopicPartition, Integer> leaders(Set<TopicPartition> partitions) throws Exception {
        Map<TopicPartition, Integer> leaders = new HashMap<>();
        for (TopicDescription topic : describe(partitions.stream().map(TopicPartition::topic).collect(Collectors.toSet())).values()) {
            for (TopicPartitionInfo partition : topic.partitions()) {
                TopicPartition name = new TopicPartition(topic.name(), partition.partition());
                if (partitions.contains(name) && hasLeader(partition)) {
                    leaders.put(name, partition.leader().id());
                }
            }
        }
        return leaders;
    }

    /** Topics that were deleted in the meantime are left out. */
    private Map<String, TopicDescription> describe(Collection<String> names) throws Exception {
        Map<String, TopicDescription> topics = new HashMap<>();
        for (var topic : admin.describeTopics(names).topicNameValues().entrySet()) {
            try {
                topics.put(topic.getKey(), topic.getValue().get(ANSWER_S, TimeUnit.SECONDS));
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e;
                }
            }
        }
        return topics;
    }

    private static boolean hasLeader(TopicPartitionInfo partition) {
        return partition.leader() != null && !partition.leader().isEmpty();
    }

    /** Null is what brokers that know no ELR say of it. */
    private static String ids(Collection<Node> nodes) {
        return nodes == null ? "" : list(nodes.stream().map(Node::id).toList());
    }

    private static String list(List<Integer> ids) {
        return String.join(",", ids.stream().map(String::valueOf).toList());
    }

    private static String why(Throwable e) {
        Throwable inner = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
        return (inner.getMessage() == null ? inner.getClass().getSimpleName() : inner.getMessage()).replace('\n', ' ');
    }
}
