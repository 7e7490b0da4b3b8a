package kafkastack;

/** A controller is ready once it is a voter that follows a leader. It stays ready through elections, so that a roll elsewhere does not make it flap. */
final class ControllerHealth implements Health {
    private final Quorum quorum;
    private volatile boolean started;

    ControllerHealth(Quorum quorum) {
        this.quorum = quorum;
    }

    @Override
    public String notReady() {
        if (!started) {
            String state = quorum.state();
            if (!state.equals("leader") && !state.equals("follower")) {
                return "not a voter of the quorum yet: " + (state.isEmpty() ? "starting" : state);
            }
            if (quorum.highWatermark() < 0) {
                return "the metadata log is not caught up";
            }
            started = true;
        }
        return null;
    }
}
