package kafkastack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Holds a server before its start, and shows why: at the health endpoint, in the log and, when a person must act, in the status of its pod. */
final class Hold {
    /** A changed reason is logged at most this often; */
    private static final long SAY_CHANGE_MS = 5_000;
    /** an unchanged one at least this often. */
    private static final long SAY_AGAIN_MS = 60_000;
    /** How long a reason to stop must hold. Meanwhile the others, which may have the same reason, receive this server's answer. */
    private static final long REFUSAL_MS = 15_000;

    private final Path refused;
    private volatile String reason;
    private volatile boolean ready;
    private long refusing = -1;
    private String said = "";
    private long saidAt;

    /** @param properties the server's rendered file; this pod's marker files are beside it. */
    Hold(Path properties) {
        this.refused = properties.resolveSibling("refused");
    }

    /** Why the server is waiting, for people; null when it is not. */
    String reason() {
        return reason;
    }

    /** Whether the pod may count as ready while it waits. */
    boolean mayCountAsReady() {
        return reason != null && ready;
    }

    /** Waits for something that may happen by itself. */
    void await(String why, boolean countsAsReady) {
        refusing = -1;
        show(why, countsAsReady);
    }

    /**
     * Waits for a person. The first time in a pod's life, a reason that holds long enough ends the container, so that the pod's status shows it. Later
     * ones do not: the container goes on as soon as it can.
     *
     * @throws IllegalStateException with the reason.
     */
    void refuse(String why) throws IOException {
        refusing = refusing < 0 ? System.nanoTime() : refusing;
        show(why, false);
        if (System.nanoTime() - refusing > REFUSAL_MS * 1_000_000 && !Files.exists(refused)) {
            Files.write(refused, new byte[0]);
            throw new IllegalStateException(why);
        }
    }

    /** Goes on. */
    void end() {
        reason = null;
        refusing = -1;
    }

    static void say(String text) {
        System.err.println("kafka-stack: " + text);
    }

    private void show(String why, boolean countsAsReady) {
        ready = countsAsReady;
        reason = why;
        long since = (System.nanoTime() - saidAt) / 1_000_000;
        if (said.isEmpty() || since > (why.equals(said) ? SAY_AGAIN_MS : SAY_CHANGE_MS)) {
            say(why);
            said = why;
            saidAt = System.nanoTime();
        }
    }
}
