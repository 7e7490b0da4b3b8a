package kafkastack;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * A KRaft server's health, from before its storage is formatted. It says at any time what the disks know.
 *
 * @param running the health of the server itself.
 * @param serves whether Kafka is far enough that others may need it.
 * @param leaving whether the server has been asked to stop.
 */
record KafkaHealth(Health running, BooleanSupplier serves, Quorum raft, KafkaDisk disk, int node, String clusterId, AtomicBoolean leaving) implements Health {
    /** The key of a server that has been asked to stop. */
    static final String LEAVING = "leaving";

    KafkaHealth(Health running, BooleanSupplier serves, Quorum raft, KafkaDisk disk, int node, String clusterId) {
        this(running, serves, raft, disk, node, clusterId, new AtomicBoolean());
    }

    @Override
    public String awaitSpared(Duration patience) {
        leaving.set(true);
        return Health.super.awaitSpared(patience);
    }

    @Override
    public String notReady() {
        return running.notReady();
    }

    @Override
    public String notLive() {
        return running.notLive();
    }

    @Override
    public String needed() {
        return serves.getAsBoolean() ? running.needed() : null;
    }

    @Override
    public String topics() {
        return "cluster=" + clusterId + "\n" + running.topics();
    }

    @Override
    public String quorum() {
        return raft.report(known()) + "node=" + node + "\ncluster=" + clusterId + "\n" + LEAVING + "=" + leaving + "\n" + running.quorum();
    }

    /** Null while the disk cannot be read, which does not mean that it is empty. */
    private String known() {
        try {
            KafkaDisk.State state = disk.read();
            // Servers of the previous version ask for the epoch alone.
            long epoch = Math.max(Math.max(state.epoch(), raft.epoch()), state.knows() == Knows.NOTHING ? 0 : 1);
            return "epoch=" + epoch + "\nknows=" + state.knows().word() + "\n";
        } catch (IOException e) {
            System.err.println("kafka-stack: cannot read what the disk knows of a quorum: " + e);
            return "";
        }
    }
}
