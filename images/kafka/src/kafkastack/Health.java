package kafkastack;

import java.time.Duration;
import java.util.function.Supplier;

/** What probes and peers ask of a server. Several threads call an implementation. Its methods answer within milliseconds, except those that wait. */
interface Health {
    /** Null when the server can serve and the next one may be restarted; otherwise what is missing, in a few words. */
    String notReady();

    /** Null while a restart would not help; otherwise what is wrong, in a few words. By default, a JVM that answers is alive. */
    default String notLive() {
        return null;
    }

    /** Null when the cluster can do without this server; otherwise why not, in a few words. May take seconds. */
    default String needed() {
        return null;
    }

    /**
     * Waits until the server is ready, or the time is up. A probe that waits learns at once that it is ready, not a period later. @return what is
     * missing.
     */
    default String awaitReady(Duration patience) {
        return await(this::notReady, patience, 50);
    }

    /**
     * Waits until the cluster can do without this server, or the time is up.
     *
     * @return null when it can; otherwise why not, which is also logged.
     */
    default String awaitSpared(Duration patience) {
        String reason = await(this::needed, patience, 500);
        if (reason != null) {
            System.err.println("kafka-stack: stopping although " + reason + ": the time for waiting is up");
        }
        return reason;
    }

    private static String await(Supplier<String> obstacle, Duration patience, long pauseMs) {
        long start = System.nanoTime();
        String found;
        while ((found = obstacle.get()) != null && System.nanoTime() - start < patience.toNanos()) {
            try {
                Thread.sleep(pauseMs);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        return found;
    }

    /** What {@code /topics} says: {@code key=value} lines. May read all of the metadata log. */
    default String topics() {
        return "";
    }

    /** This server's part of {@code /quorum}: {@code key=value} lines. */
    default String quorum() {
        return "";
    }
}
