package kafkastack;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Whether this broker is in the ISR of all its partitions. A thread asks until it is: often at first, because a broker that was away for a moment is
 * back within one, then twice a second. Then it closes its client and ends, and the answer stays. Replicas that a move is still adding to this broker do
 * not count: the copy may take hours, and a roll would wait for it.
 */
final class InSync {
    private static final long FIRST_INTERVAL_MS = 50;
    private static final long INTERVAL_MS = 500;

    private final HealthClient client;
    private volatile String missing = "not yet asked whether the partitions are in sync";
    private boolean asking;

    InSync(HealthClient client) {
        this.client = client;
    }

    /** Null when in sync; otherwise what is missing. The first call starts the thread: before the broker runs there is nobody to ask. */
    synchronized String missing() {
        if (!asking && missing != null) {
            asking = true;
            Thread thread = new Thread(this::ask, "health-in-sync");
            thread.setDaemon(true);
            thread.start();
        }
        return missing;
    }

    private void ask() {
        while (missing != null) {
            try (Admin admin = client.connect()) {
                for (long pause = FIRST_INTERVAL_MS; (missing = outOfSync(admin)) != null; pause = Math.min(2 * pause, INTERVAL_MS)) {
                    Thread.sleep(pause);
                }
            } catch (InterruptedException e) {
                return;
            } catch (Exception e) {
                missing = "cannot ask for the in-sync replicas: " + e.getMessage();
                pause();
            }
        }
    }

    private String outOfSync(Admin admin) throws Exception {
        try {
            var names = admin.listTopics(new ListTopicsOptions().listInternal(true)).names().get(10, TimeUnit.SECONDS);
            var topics = admin.describeTopics(names).allTopicNames().get(30, TimeUnit.SECONDS).values();
            String out = outOfSync(topics, Moves.UNKNOWN);
            // Asked only when it matters: the request needs a leader of the quorum.
            return out == null ? null : outOfSync(topics, Moves.askOrAssume(admin));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return "a topic was deleted during the request";
            }
            throw e;
        } catch (TimeoutException e) {
            return "the brokers do not answer which partitions are in sync";
        }
    }

    private String outOfSync(Collection<TopicDescription> topics, Moves moves) {
        List<String> out = new ArrayList<>();
        for (TopicDescription topic : topics) {
            for (TopicPartitionInfo partition : topic.partitions()) {
                if (client.isAmong(moves.members(topic.name(), partition)) && !client.isAmong(partition.isr())) {
                    out.add(topic.name() + "-" + partition.partition());
                }
            }
        }
        return out.isEmpty() ? null : out.size() + " partitions not in sync yet, such as " + out.get(0);
    }

    private static void pause() {
        try {
            Thread.sleep(INTERVAL_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
