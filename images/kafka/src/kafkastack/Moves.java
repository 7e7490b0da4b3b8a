package kafkastack;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.PartitionReassignment;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;

/**
 * The reassignments under way. Kafka's metadata shows replicas that are still being filled among the others, but nobody misses them yet: a broker is not less ready for lacking
 * what is only on its way to it, and a partition cannot spare a broker because another one will have its data some day.
 */
record Moves(Map<TopicPartition, PartitionReassignment> underWay) {
    /** What is assumed while nobody has said what moves: every replica counts. */
    static final Moves UNKNOWN = new Moves(Map.of());

    private static final int ANSWER_S = 10;

    /** Asks for them. {@link #UNKNOWN} when Kafka does not say: a quorum without a leader cannot. */
    static Moves askOrAssume(Admin admin) throws InterruptedException {
        try {
            return ask(admin, ANSWER_S);
        } catch (ExecutionException | TimeoutException e) {
            return UNKNOWN;
        }
    }

    /** Asks for them, at most so many seconds. */
    static Moves ask(Admin admin, int seconds) throws ExecutionException, InterruptedException, TimeoutException {
        return new Moves(admin.listPartitionReassignments().reassignments().get(seconds, TimeUnit.SECONDS));
    }

    /** The replicas of a partition without those that are still being filled. */
    List<Node> members(String topic, TopicPartitionInfo partition) {
        PartitionReassignment move = underWay.get(new TopicPartition(topic, partition.partition()));
        if (move == null) {
            return partition.replicas();
        }
        return partition.replicas().stream()
                .filter(node -> !move.addingReplicas().contains(node.id()) || partition.isr().stream().anyMatch(other -> other.id() == node.id()))
                .toList();
    }
}
