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
 * The reassignments under way. Kafka's metadata lists replicas that a move is still adding among the others. They do not count: a broker is ready without a copy that is only on
 * its way to it, and a partition can spare no broker for a copy that is not complete.
 */
record Moves(Map<TopicPartition, PartitionReassignment> underWay) {
    /** Assumed while Kafka has not said what moves: every replica counts. */
    static final Moves UNKNOWN = new Moves(Map.of());

    private static final int ANSWER_S = 10;

    /** Asks Kafka. {@link #UNKNOWN} when it does not answer, as without a leader of the quorum. */
    static Moves askOrAssume(Admin admin) throws InterruptedException {
        try {
            return ask(admin, ANSWER_S);
        } catch (ExecutionException | TimeoutException e) {
            return UNKNOWN;
        }
    }

    /** Asks Kafka, for at most so many seconds. */
    static Moves ask(Admin admin, int seconds) throws ExecutionException, InterruptedException, TimeoutException {
        return new Moves(admin.listPartitionReassignments().reassignments().get(seconds, TimeUnit.SECONDS));
    }

    /** The replicas of a partition without those that a move is still adding. */
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
