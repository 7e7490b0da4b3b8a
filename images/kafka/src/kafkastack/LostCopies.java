package kafkastack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Holds a broker that has lost copies of partitions before it registers, as long as Kafka would elect one of them. Kafka does not look at disks: a broker
 * that it remembers as the last leader, or as the last in-sync replica, becomes the leader as soon as it is back, and the others cut their copies to its
 * empty one. All acknowledged records of the partition are gone then, although other disks have them.
 *
 * <p>Once it may register it may do so at any later time: only a registered broker becomes a candidate again.
 */
final class LostCopies {
    private static final long PAUSE_MS = 500;

    /**
     * A partition as the cluster describes it.
     *
     * @param leader -1 when there is none that runs.
     * @param inSync the in-sync replicas.
     * @param eligible the eligible leader replicas, whom Kafka elects when no replica in sync runs.
     * @param last the last known leader, whom it elects when there are neither; empty when it remembers none.
     */
    record Partition(String name, int leader, Set<Integer> inSync, Set<Integer> eligible, Set<Integer> last) {
        /** Everybody whom Kafka may elect. */
        Set<Integer> candidates() {
            Set<Integer> all = new TreeSet<>(inSync);
            all.addAll(eligible);
            all.addAll(last);
            return all;
        }
    }

    /**
     * What the others say.
     *
     * @param partitions those with a replica on this broker; null when no broker answers.
     * @param eligible whether the cluster tracks eligible leader replicas. It then strikes a returning broker that did not stop cleanly off the candidates.
     * @param noTopics whether the quorum's leader says that the cluster has no topics.
     */
    record Answer(List<Partition> partitions, boolean eligible, boolean noTopics) {}

    /** The other servers of the cluster. */
    interface Others {
        Answer ask() throws InterruptedException;
    }

    /**
     * @param refuse whether waiting cannot help, because nobody else is a candidate.
     * @param text for people; null when there is nothing to say.
     */
    record Decision(boolean begin, boolean refuse, String text, int held) {}

    private static final Decision ORDERED = new Decision(true, false, "beginning with empty copies, as ordered by `npm run ops -- recover-partitions --lost`", 0);

    private final int broker;
    private final KafkaDisk disk;
    private final Path begin;
    private final Others others;
    private final Hold hold;
    private volatile String held = "0";

    /** @param properties the server's rendered file. The mark by which a person lets the broker begin is beside it. */
    LostCopies(int broker, KafkaDisk disk, Path properties, Others others, Hold hold) {
        this.broker = broker;
        this.disk = disk;
        this.begin = properties.resolveSibling("begin-empty");
        this.others = others;
        this.hold = hold;
    }

    /** The number of partitions that this broker is held for: 0 when it is not, {@code unknown} while no other broker answers. */
    String held() {
        return held;
    }

    /** Whether the broker may register now. */
    boolean mayBegin() throws IOException, InterruptedException {
        return look().begin();
    }

    /** Returns when the broker may register: at once when its disks are as it left them. */
    void await() throws IOException, InterruptedException {
        try {
            Decision decision;
            while (!(decision = look()).begin()) {
                held = decision.held() == 0 ? "unknown" : String.valueOf(decision.held());
                if (decision.refuse()) {
                    hold.refuse(decision.text());
                } else {
                    hold.await(decision.text(), false);
                }
                Thread.sleep(PAUSE_MS);
            }
            if (decision.text() != null) {
                Hold.say(decision.text());
            }
        } finally {
            held = "0";
            hold.end();
        }
    }

    private Decision look() throws IOException, InterruptedException {
        if (!disk.mayHaveLostCopies(broker)) {
            return new Decision(true, false, null, 0);
        }
        return Files.exists(begin) ? ORDERED : decide(broker, disk.partitions(), others.ask());
    }

    /** @param present names of the partitions on this broker's disks. */
    static Decision decide(int broker, Set<String> present, Answer answer) {
        if (answer.partitions() == null) {
            return answer.noTopics()
                    ? new Decision(true, false, "the cluster has no topics, so this disk has lost nothing", 0)
                    : new Decision(false, false, "a disk of this broker is empty, and no other broker says whether it has lost the last complete copy of a partition: waiting for one. If their disks are gone for good, too, see `npm run ops -- recover-partitions`", 0);
        }
        List<String> elected = new ArrayList<>();
        List<String> alone = new ArrayList<>();
        Set<Integer> awaited = new TreeSet<>();
        for (Partition partition : answer.partitions()) {
            if (present.contains(partition.name()) || !wouldBeElected(broker, partition, answer.eligible())) {
                continue;
            }
            elected.add(partition.name());
            Set<Integer> rest = partition.candidates();
            rest.remove(broker);
            awaited.addAll(rest);
            if (rest.isEmpty()) {
                alone.add(partition.name());
            }
        }
        if (elected.isEmpty()) {
            return new Decision(true, false, "no partition would be elected from this disk: beginning with empty copies, which others fill", 0);
        }
        if (alone.isEmpty()) {
            String brokers = awaited.stream().map(id -> "broker-" + id).collect(Collectors.joining(", "));
            return new Decision(false, false, "this disk has lost its copies of " + some(elected) + ", and Kafka could elect them, empty as they are: waiting until " + brokers + " lead" + (awaited.size() == 1 ? "s" : "") + ". If that cannot happen, `npm run ops -- recover-partitions` says what can", elected.size());
        }
        return new Decision(
                false,
                true,
                "this disk has lost its copies of " + some(alone) + ", and Kafka would elect them, empty as they are, and cut all others to them. Give this broker its volume as it was; if that is gone for good, "
                        + "`npm run ops -- recover-partitions` shows where the other copies end, and makes the most complete ones leaders",
                elected.size());
    }

    /**
     * With eligible leader replicas Kafka strikes this broker off when it registers, and elects another: one that leads now, or the last known leader when
     * nobody else is left. Without them it only strikes it off when it finds it missing.
     */
    private static boolean wouldBeElected(int broker, Partition partition, boolean eligible) {
        if (!partition.candidates().contains(broker)) {
            return false;
        }
        boolean ledByAnother = partition.leader() >= 0 && partition.leader() != broker;
        boolean leavesAnother = partition.inSync().isEmpty() && partition.eligible().equals(Set.of(broker)) && !partition.last().isEmpty() && !partition.last().contains(broker);
        return !(eligible && (ledByAnother || leavesAnother));
    }

    private static String some(List<String> names) {
        return names.size() == 1 ? names.get(0) : names.size() + " partitions, such as " + names.get(0);
    }
}
