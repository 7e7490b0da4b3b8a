package kafkastack;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * Ends a stopping broker that nobody can let go. A broker asks the active controller to take its leaderships, and waits minutes for the answer; when all servers of a
 * cluster with combined roles stop together, the last ones have no controller left to ask. With several controllers one of them sees that there is no leader any more; a
 * broker beside the only one goes on believing in it, so its address is tried.
 */
final class QuorumWatch {
    /** Longer than an election takes. */
    private static final long PATIENCE_MS = 5_000;
    /** Longer than the only controller takes to start again: a broker that stops meanwhile had better wait for it. */
    private static final long ADDRESS_PATIENCE_MS = 20_000;
    /** A controller in the cluster takes a connection at once, or is not there. */
    private static final int CONNECT_MS = 1_000;

    private static final long INTERVAL_MS = 250;
    /** What a process ends with that SIGTERM ended. */
    private static final int TERMINATED = 143;

    private QuorumWatch() {}

    /**
     * From the moment at which the JVM is asked to stop.
     *
     * @param controllers their addresses as Kafka's settings have them, {@code host:port,host:port}.
     */
    static void install(Quorum quorum, String controllers) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            // The JVM waits for its hooks, but not for a daemon thread that one of them starts: a stop that goes well ends first.
            Thread thread = new Thread(() -> watch(quorum, controllers), "quorum-watch");
            thread.setDaemon(true);
            thread.start();
        }));
    }

    private static void watch(Quorum quorum, String controllers) {
        long since = System.nanoTime();
        long listened = since;
        // Without a state the raft client has stopped: what was to be asked has been answered.
        while (!quorum.state().isEmpty()) {
            if (quorum.leader() >= 0) {
                since = System.nanoTime();
            }
            if (anyListens(controllers)) {
                listened = System.nanoTime();
            }
            if (System.nanoTime() - since > PATIENCE_MS * 1_000_000 || System.nanoTime() - listened > ADDRESS_PATIENCE_MS * 1_000_000) {
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

    private static boolean anyListens(String controllers) {
        for (String address : controllers.split(",")) {
            int colon = address.lastIndexOf(':');
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))), CONNECT_MS);
                return true;
            } catch (IOException e) {
                // the next
            }
        }
        return false;
    }
}
