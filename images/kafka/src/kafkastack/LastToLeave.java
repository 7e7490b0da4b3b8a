package kafkastack;

import java.util.List;
import java.util.function.Supplier;

/**
 * The only controller stops after the brokers that stop beside it, as when a node is drained: a broker hands its leaderships over to the controller. Without one it waits for the controller, which cannot
 * start again before the drain has ended, and then stops without; what it led has no leader until there is a controller that finds the broker gone.
 */
final class LastToLeave {
    /** Pods of one node are asked to stop one after the other, and each says so a moment later. */
    private static final long FIRST_MS = 2_000;

    private final Supplier<List<String>> stopping;
    private volatile long askedAt = -1;

    /** @param stopping names of the other servers that are asked to stop and have not stopped yet; null when there are no others. */
    LastToLeave(Supplier<List<String>> stopping) {
        this.stopping = stopping;
    }

    /** Null when nobody hands anything over to this controller any more; otherwise who does, or may. The first call is the moment at which the controller is to stop. */
    String needed() {
        List<String> servers = stopping.get();
        if (servers == null) {
            return null;
        }
        if (!servers.isEmpty()) {
            return String.join(", ", servers) + " had not handed over its leaderships yet to this controller, the only one";
        }
        if (askedAt < 0) {
            askedAt = System.nanoTime();
        }
        return System.nanoTime() - askedAt < FIRST_MS * 1_000_000 ? "brokers beside this controller may stop, too" : null;
    }
}
