package kafkastack;

import java.util.Properties;

/**
 * A broker is ready once it is unfenced <em>and</em> back in the in-sync replicas of every partition it hosts: then, and only then, may a roll go on to the next.
 * Afterwards it is ready for as long as it runs, so that brokers which are not being rolled do not flap.
 */
final class BrokerHealth implements Health {
    /** {@code BrokerState.RUNNING}: registered, caught up with the metadata, unfenced. */
    private static final long RUNNING = 3;

    private static final String STATE = "kafka.server:type=KafkaServer,name=BrokerState";

    private final InSync inSync;
    private final Leaving leaving;

    BrokerHealth(Properties properties) {
        HealthClient client = HealthClient.ofBroker(properties);
        this.inSync = new InSync(client);
        this.leaving = new Leaving(client, null);
    }

    @Override
    public String needed() {
        return leaving.neededByPartitions();
    }

    @Override
    public String notReady() {
        long state = state();
        if (state != RUNNING) {
            return "broker state " + state + ", not yet running (" + RUNNING + ")";
        }
        return inSync.missing();
    }

    /** Whether the broker has come so far that it may be in sync with others. */
    boolean runs() {
        return state() >= RUNNING;
    }

    private static long state() {
        return Beans.number(STATE, "Value", 0);
    }
}
