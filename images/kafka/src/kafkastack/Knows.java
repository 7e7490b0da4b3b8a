package kafkastack;

/** What the disks of a server know of a quorum. In this order: what is later weighs more. */
enum Knows {
    /** No disk of this server has ever been part of a cluster. */
    NOTHING,
    /** The metadata log is empty, and the server has voted in an epoch: the first voters of Kafka 3 do before there is a leader. */
    VOTE,
    /** Disks were used in a cluster, but not the one that holds the metadata log: it is new, or was emptied. */
    DATA,
    /** The metadata log has records of a quorum, or has had a leader. */
    QUORUM;

    /** As it is written in {@code /quorum}. */
    String word() {
        return name().toLowerCase();
    }
}
