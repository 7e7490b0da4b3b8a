package kafkastack;

/**
 * Ends a stopping broker that nobody can let go. A broker asks the active controller to take its leaderships, and waits minutes for the answer; when all servers of a
 * cluster with combined roles stop together, the last ones have no controller left to ask.
 */
final class QuorumWatch {
    /** Longer than an election takes. */
    private static final long PATIENCE_MS = 5_000;

    private static final long INTERVAL_MS = 250;
    /** What a process ends with that SIGTERM ended. */
    private static final int TERMINATED = 143;

    private QuorumWatch() {}

    /** From the moment at which the JVM is asked to stop. */
    static void install(Quorum quorum) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            // The JVM waits for its hooks, but not for a daemon thread that one of them starts: a stop that goes well ends first.
            Thread thread = new Thread(() -> watch(quorum), "quorum-watch");
            thread.setDaemon(true);
            thread.start();
        }));
    }

    private static void watch(Quorum quorum) {
        long since = System.nanoTime();
        // Without a state the raft client has stopped: what was to be asked has been answered.
        while (!quorum.state().isEmpty()) {
            if (quorum.leader() >= 0) {
                since = System.nanoTime();
            } else if (System.nanoTime() - since > PATIENCE_MS * 1_000_000) {
                System.err.println("kafka-stack: no controller is left to hand leaderships over to: stopping without");
                Runtime.getRuntime().halt(TERMINATED);
            }
            try {
                Thread.sleep(INTERVAL_MS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }
}
