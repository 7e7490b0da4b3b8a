package kafkastack;

/** What a server's disks know of a quorum, in order of increasing weight. */
enum Knows {
    /** No disk of this server has ever been part of a cluster. */
    NOTHING,
    /** The metadata log is empty, and the server has voted in an epoch: Kafka 3's first voters do so before there is a leader. */
    VOTE,
    /** Disks were used in a cluster, but the one for the metadata log is new or was emptied. */
    DATA,
    /** The metadata log has records of a quorum, or has had a leader. */
    QUORUM;

    /** The word in {@code /quorum}. */
    String word() {
        return name().toLowerCase();
    }
}
