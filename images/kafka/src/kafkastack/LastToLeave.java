package kafkastack;

import java.util.List;
import java.util.function.Supplier;

/**
 * Lets the only controller stop after the brokers that stop beside it, as when a node is drained, because a broker hands its leaderships over to the
 * controller. Without one the broker waits for a controller that cannot start before the drain ends, and then stops anyway. Its partitions have no
 * leader until a controller finds out that the broker is gone.
 */
final class LastToLeave {
    /** The pods of a node are asked to stop one after the other, and report it a moment later. */
    private static final long FIRST_MS = 2_000;

    private final Supplier<List<String>> stopping;
    private volatile long askedAt = -1;

    /** @param stopping names of the other servers that were asked to stop and still run; null when there are no others. */
    LastToLeave(Supplier<List<String>> stopping) {
        this.stopping = stopping;
    }

    /**
     * Null when no broker needs this controller for handing over leaderships; otherwise which one does, or may. The first call marks the moment of
     * the request to stop.
     */
    String needed() {
        List<String> servers = stopping.get();
        if (servers == null) {
            return null;
        }
        if (!servers.isEmpty()) {
            return String.join(", ", servers) + " had not yet handed its leaderships over to this controller, the only one";
        }
        if (askedAt < 0) {
            askedAt = System.nanoTime();
        }
        return System.nanoTime() - askedAt < FIRST_MS * 1_000_000 ? "brokers beside this controller may stop, too" : null;
    }
}
