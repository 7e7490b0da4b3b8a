package kafkastack;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;

/**
 * Whether the cluster can do without this server now: no partition would have fewer in-sync replicas than {@code min.insync.replicas} without it, and most
 * controllers would still have caught up. It is asked when the pod is about to stop, whoever wants that: a roll, a drained node, a person.
 */
final class Leaving {
    /** A controller that had everything this lately takes part; by default it asks for more twice a second. */
    private static final long CAUGHT_UP_MS = 10_000;

    private static final String MIN_ISR = "min.insync.replicas";
    private static final int ANSWER_S = 10;

    private final HealthClient client;
    private final LastToLeave last;

    /** @param last decides for a controller that is the only one; null for a broker. */
    Leaving(HealthClient client, LastToLeave last) {
        this.client = client;
        this.last = last;
    }

    /** Null when the broker may go, or nobody can say; otherwise what would suffer. */
    String neededByPartitions() {
        try (Admin admin = client.connect()) {
            var names = admin.listTopics(new ListTopicsOptions().listInternal(true)).names().get(ANSWER_S, TimeUnit.SECONDS);
            var topics = admin.describeTopics(names).allTopicNames().get(ANSWER_S, TimeUnit.SECONDS).values();
            List<ConfigResource> asked = new ArrayList<>();
            for (TopicDescription topic : topics) {
                if (topic.partitions().stream().anyMatch(partition -> client.isAmong(partition.isr()))) {
                    asked.add(new ConfigResource(ConfigResource.Type.TOPIC, topic.name()));
                }
            }
            var configs = admin.describeConfigs(asked).all().get(ANSWER_S, TimeUnit.SECONDS);
            String reason = needed(topics, configs, Moves.UNKNOWN);
            // Asked only where it matters, for it takes a controller that leads.
            return reason == null ? null : needed(topics, configs, Moves.askOrAssume(admin));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        } catch (Exception e) {
            return null;
        }
    }

    private String needed(Collection<TopicDescription> topics, Map<ConfigResource, Config> configs, Moves moves) {
        for (TopicDescription topic : topics) {
            var config = configs.get(new ConfigResource(ConfigResource.Type.TOPIC, topic.name()));
            int needed = config == null ? 1 : Integer.parseInt(config.get(MIN_ISR).value());
            for (TopicPartitionInfo partition : topic.partitions()) {
                // A topic with no replica to spare has an interruption whenever its broker restarts.
                boolean spare = moves.members(topic.name(), partition).size() > needed;
                if (spare && client.isAmong(partition.isr()) && partition.isr().size() <= needed) {
                    return topic.name() + "-" + partition.partition() + " has " + partition.isr().size() + " in-sync replicas and needs " + needed;
                }
            }
        }
        return null;
    }

    /** Null when the controller may go, or nobody can say; otherwise how many would be left, or who needs the only one. */
    String neededByQuorum() {
        try (Admin admin = client.connect()) {
            QuorumInfo quorum = admin.describeMetadataQuorum().quorumInfo().get(ANSWER_S, TimeUnit.SECONDS);
            int voters = quorum.voters().size();
            boolean votes = quorum.voters().stream().anyMatch(voter -> voter.replicaId() == client.nodeId());
            if (!votes) {
                return null;
            }
            if (voters == 1) {
                return last.needed();
            }
            Optional<Long> now = quorum.voters().stream().map(voter -> voter.lastFetchTimestamp().orElse(0)).max(Long::compare);
            long others = quorum.voters().stream()
                    .filter(voter -> voter.replicaId() != client.nodeId())
                    .filter(voter -> voter.replicaId() == quorum.leaderId() || isRecent(voter.lastCaughtUpTimestamp(), now.orElse(0L)))
                    .count();
            return others > voters / 2 ? null : others + " of " + voters + " controllers would have caught up without this one";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        } catch (Exception e) {
            return null;
        }
    }

    private static boolean isRecent(OptionalLong caughtUp, long now) {
        return caughtUp.isPresent() && now - caughtUp.getAsLong() <= CAUGHT_UP_MS;
    }
}
