package kafkastack;

/**
 * The health of a server that may be held before its start.
 *
 * @param running the health of the server itself.
 * @param copies of a broker; null for a controller.
 */
record HeldHealth(Hold hold, LostCopies copies, Health running) implements Health {
    /** The key of how many partitions a broker is held for. */
    private static final String LOST = "lost";

    @Override
    public String notReady() {
        String reason = hold.reason();
        return reason == null ? running.notReady() : hold.mayCountAsReady() ? null : reason;
    }

    @Override
    public String notLive() {
        return running.notLive();
    }

    @Override
    public String needed() {
        return running.needed();
    }

    @Override
    public String topics() {
        return running.topics();
    }

    @Override
    public String quorum() {
        return (copies == null ? "" : LOST + "=" + copies.held() + "\n") + running.quorum();
    }
}
