package kafkastack;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * A KRaft server's health from before its storage is formatted: until Kafka runs it says what is waited for, and at any time what the disks know.
 *
 * @param running of the server itself.
 * @param serves whether Kafka has come so far that others may need it.
 * @param leaving whether the server has been asked to stop.
 */
record KafkaHealth(Health running, BooleanSupplier serves, Quorum raft, KafkaDisk disk, Formatting formatting, int node, String clusterId, AtomicBoolean leaving) implements Health {
    /** What a server that has been asked to stop says of itself. */
    static final String LEAVING = "leaving";

    KafkaHealth(Health running, BooleanSupplier serves, Quorum raft, KafkaDisk disk, Formatting formatting, int node, String clusterId) {
        this(running, serves, raft, disk, formatting, node, clusterId, new AtomicBoolean());
    }

    @Override
    public String awaitSpared(Duration patience) {
        leaving.set(true);
        return Health.super.awaitSpared(patience);
    }

    @Override
    public String notReady() {
        String waiting = formatting.waiting();
        return waiting == null ? running.notReady() : formatting.mayCountAsReady() ? null : waiting;
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
    public String quorum() {
        return raft.report(known()) + "node=" + node + "\ncluster=" + clusterId + "\n" + LEAVING + "=" + leaving + "\n" + running.quorum();
    }

    /** Nothing while the disk cannot be read: that is not the same as nothing on it. */
    private String known() {
        try {
            KafkaDisk.State state = disk.read();
            // Servers of the version before this one ask for the epoch alone.
            long epoch = Math.max(Math.max(state.epoch(), raft.epoch()), state.knows() == Knows.NOTHING ? 0 : 1);
            return "epoch=" + epoch + "\nknows=" + state.knows().word() + "\n";
        } catch (IOException e) {
            System.err.println("kafka-stack: cannot read what the disk knows of a quorum: " + e);
            return "";
        }
    }
}
