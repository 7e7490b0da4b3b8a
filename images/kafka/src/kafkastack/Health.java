package kafkastack;

import java.time.Duration;
import java.util.function.Supplier;

/** What the probes and the peers ask of a server. Implementations are called by several threads and, but for those that wait, answer within milliseconds. */
interface Health {
    /** Null when the server may serve and the next one may be restarted; otherwise what is missing, in a few words. */
    String notReady();

    /** Null while a restart would not help; otherwise what is wrong, in a few words. A JVM that answers at all is alive unless its server knows better. */
    default String notLive() {
        return null;
    }

    /** Null when the others can do without this server; otherwise why not, in a few words. May take seconds. */
    default String needed() {
        return null;
    }

    /** Waits until the server is ready, at the latest until the time is up: a probe that waits hears of it at once, and not a period later. @return what is missing. */
    default String awaitReady(Duration patience) {
        return await(this::notReady, patience, 50);
    }

    /**
     * Waits until the others can do without this server, at the latest until the time is up.
     *
     * @return null when they can; otherwise why not, which is said, too.
     */
    default String awaitSpared(Duration patience) {
        String reason = await(this::needed, patience, 500);
        if (reason != null) {
            System.err.println("kafka-stack: stopping although " + reason + ": it has been waited for");
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

    /** What {@code /quorum} tells of this server: {@code key=value} lines. */
    default String quorum() {
        return "";
    }
}
