package kafkastack;

import java.io.IOException;
import java.util.Properties;

/**
 * A controller is ready once it is a voter that follows a leader, or has retired. It stays ready through elections, so that a roll elsewhere does not
 * make it flap.
 */
final class ControllerHealth implements Health {
    /** The key of what the leader of the quorum says about topics: brokers with empty disks ask for it while no broker runs. */
    static final String TOPICS = "topics";

    static final String NO_TOPICS = "none";

    private final Quorum quorum;
    private final KafkaDisk disk;
    private final Leaving leaving;
    private final boolean retired;
    private volatile boolean started;

    ControllerHealth(Quorum quorum, KafkaDisk disk, Properties properties, LastToLeave last) {
        this.quorum = quorum;
        this.disk = disk;
        this.leaving = new Leaving(HealthClient.ofController(properties), last);
        this.retired = Boolean.parseBoolean(properties.getProperty("health.retired"));
    }

    @Override
    public String quorum() {
        return "retired=" + retired + "\n";
    }

    /** Only a leader that has committed in its epoch has all records; others say nothing. */
    @Override
    public String topics() {
        if (!quorum.state().equals("leader") || quorum.highWatermark() < 0) {
            return "";
        }
        try {
            return TOPICS + "=" + (disk.knowsTopics() ? "some" : NO_TOPICS) + "\n";
        } catch (IOException e) {
            return "";
        }
    }

    @Override
    public String needed() {
        return leaving.neededByQuorum();
    }

    @Override
    public String notReady() {
        if (!started) {
            String state = quorum.state();
            if (!retired && !state.equals("leader") && !state.equals("follower")) {
                return "not a voter of the quorum yet: " + (state.isEmpty() ? "starting" : state);
            }
            if (quorum.highWatermark() < 0) {
                return "the metadata log is not caught up";
            }
            if (!retired) {
                try {
                    disk.markVoter();
                } catch (IOException e) {
                    return "cannot write to the volume of the metadata log: " + e;
                }
            }
            started = true;
        }
        return null;
    }
}
