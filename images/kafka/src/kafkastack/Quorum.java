package kafkastack;

/** This node's view of the KRaft quorum, from the raft client's metrics. */
final class Quorum {
    private static final String RAFT = "kafka.server:type=raft-metrics";

    /** {@code leader}, {@code follower}, {@code observer}, {@code candidate} … or an empty string before the raft client runs. */
    String state() {
        return Beans.read(RAFT, "current-state") instanceof String s ? s : "";
    }

    /** The leader's node id, -1 when none is known. */
    long leader() {
        return Beans.number(RAFT, "current-leader", -1);
    }

    /** The epoch that this node has seen: above 0 once it has ever met a quorum, and stored on its disk. */
    long epoch() {
        return Beans.number(RAFT, "current-epoch", 0);
    }

    /** The metadata log's high watermark, -1 when it is unknown. */
    long highWatermark() {
        return Beans.number(RAFT, "high-watermark", -1);
    }

    /**
     * The answer of {@code /quorum}, one {@code key=value} a line.
     *
     * @param known lines about the disk. The raft client's epoch is no substitute while Kafka has not read the disk.
     */
    String report(String known) {
        return "state=" + state() + "\nleader=" + leader() + "\n" + known + "highWatermark=" + highWatermark() + "\n";
    }
}
