package kafkastack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Says why a broker ended when no controller has led the quorum. Kafka ends a broker that cannot register for a minute, and its last lines speak of a
 * request that timed out. The reason goes where the kubelet reads a container's last message, so that the pod's status and {@code up} show it.
 */
final class WithoutQuorum {
    /** Longer than elections take, and shorter than Kafka waits. */
    private static final long PATIENCE_S = 30;

    private static final long INTERVAL_MS = 1_000;

    private final Quorum quorum;
    private final List<String> controllers;
    /** Since when there has been no quorum; -1 when there is one. */
    private volatile long since = -1;

    /** @param controllers their addresses as in Kafka's settings, {@code host:port,host:port}. */
    WithoutQuorum(Quorum quorum, String controllers) {
        this.quorum = quorum;
        this.controllers = List.of(controllers.split(","));
    }

    /** Whether a broker that has not registered waits for a quorum. */
    boolean lasts() {
        return since >= 0;
    }

    /**
     * Watches until the broker has registered.
     *
     * @param message the file of the container's last message.
     */
    void watch(BooleanSupplier registered, Path message) {
        Thread thread = new Thread(() -> look(registered), "without-quorum");
        thread.setDaemon(true);
        thread.start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> explain(message)));
    }

    private void look(BooleanSupplier registered) {
        while (!registered.getAsBoolean()) {
            // Kafka closes its raft client before the JVM ends. What was seen last counts then.
            if (!quorum.state().isEmpty()) {
                since = isLed() ? -1 : since < 0 ? System.nanoTime() : since;
            }
            try {
                Thread.sleep(INTERVAL_MS);
            } catch (InterruptedException e) {
                return;
            }
        }
        since = -1;
    }

    /** A broker that starts takes the leader of before for the leader until another one answers. */
    private boolean isLed() {
        return quorum.leader() >= 0 && 2 * silent().size() < controllers.size();
    }

    private void explain(Path message) {
        long seconds = since < 0 ? 0 : (System.nanoTime() - since) / 1_000_000_000;
        if (seconds < PATIENCE_S) {
            return;
        }
        String text = text(seconds, silent());
        Hold.say(text);
        if (Files.exists(message)) {
            try {
                Files.writeString(message, "kafka-stack: " + text + "\n");
            } catch (IOException e) {
                // It is in the log.
            }
        }
    }

    private static String text(long seconds, List<String> silent) {
        String who = silent.isEmpty() ? "All controllers accept connections: their logs say why they elect nobody" : "These controllers accept no connection: " + String.join(", ", silent);
        return "no controller has led the quorum for " + seconds + " s, so this broker could not register, and ended; it is started again. No data is lost. " + who
                + ". The brokers go on by themselves once a majority of the controllers runs. If the disks of a majority are lost, `npm run ops -- recover-quorum` says what can be brought back";
    }

    private List<String> silent() {
        return controllers.stream().filter(address -> !QuorumWatch.listens(address)).toList();
    }
}
