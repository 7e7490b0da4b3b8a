package kafkastack;

import java.util.Properties;
import java.util.function.BooleanSupplier;

/**
 * A broker becomes ready once it is unfenced <em>and</em> in the ISR of every partition it hosts; only then may a roll go on to the next broker. It
 * then stays ready as long as it runs, so that brokers that are not being rolled do not flap.
 */
final class BrokerHealth implements Health {
    /** {@code BrokerState.RUNNING}: registered, caught up with the metadata, unfenced. */
    private static final long RUNNING = 3;

    private static final String STATE = "kafka.server:type=KafkaServer,name=BrokerState";

    private final BooleanSupplier withoutQuorum;
    private final InSync inSync;
    private final Leaving leaving;

    /** @param withoutQuorum whether the broker waits for one. */
    BrokerHealth(Properties properties, BooleanSupplier withoutQuorum) {
        this.withoutQuorum = withoutQuorum;
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
            String missing = withoutQuorum.getAsBoolean() ? ": no controller leads the quorum" : "";
            return "broker state " + state + ", not yet running (" + RUNNING + ")" + missing;
        }
        return inSync.missing();
    }

    /** Whether the broker is far enough to be in sync with others. */
    boolean runs() {
        return state() >= RUNNING;
    }

    /** Whether the broker is registered, and has not begun to stop. */
    boolean registered() {
        return state() == RUNNING;
    }

    private static long state() {
        return Beans.number(STATE, "Value", 0);
    }
}
