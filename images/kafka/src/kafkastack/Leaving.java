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
 * Whether the cluster can do without this server: no partition would fall below {@code min.insync.replicas}, and most controllers would still be
 * caught up. Checked whenever the pod is about to stop, for a roll, a node drain or a person.
 */
final class Leaving {
    /** A controller that was caught up this recently counts; by default it fetches twice a second. */
    private static final long CAUGHT_UP_MS = 10_000;

    private static final String MIN_ISR = "min.insync.replicas";
    private static final int ANSWER_S = 10;

    private final HealthClient client;
    private final LastToLeave last;

    /** @param last decides for the only controller; null for a broker. */
    Leaving(HealthClient client, LastToLeave last) {
        this.client = client;
        this.last = last;
    }

    /** Null when the broker may stop, or nobody can say; otherwise which partition would suffer. */
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
            // Asked only when it matters: the request needs a leader of the quorum.
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
                // Partitions without a replica to spare are interrupted by every restart of their broker.
                boolean spare = moves.members(topic.name(), partition).size() > needed;
                if (spare && client.isAmong(partition.isr()) && partition.isr().size() <= needed) {
                    return topic.name() + "-" + partition.partition() + " has " + partition.isr().size() + " in-sync replicas and needs " + needed;
                }
            }
        }
        return null;
    }

    /** Null when the controller may stop, or nobody can say; otherwise how many would be left, or which server needs the only one. */
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
