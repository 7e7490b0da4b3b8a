package kafkastack;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;

/**
 * Ends a stopping broker when no controller is left to release it. A broker asks the active controller to take over its leaderships, and waits
 * minutes for the answer. When all servers with combined roles stop together, the last ones have nobody to ask. With several controllers, one of them
 * notices that there is no leader any more. A broker beside the only controller does not, so this tries the controller's address.
 */
final class QuorumWatch {
    /** Longer than an election takes. */
    private static final long PATIENCE_MS = 5_000;
    /** Longer than a restart of the only controller takes: a broker that stops meanwhile should wait for it. */
    private static final long ADDRESS_PATIENCE_MS = 20_000;
    /** A controller in the cluster accepts a connection at once, or is not running. */
    private static final int CONNECT_MS = 1_000;

    private static final long INTERVAL_MS = 250;
    /** Exit code of a process that SIGTERM ended. */
    private static final int TERMINATED = 143;

    private QuorumWatch() {}

    /**
     * Watches from the moment when the JVM is asked to stop.
     *
     * @param controllers their addresses as in Kafka's settings, {@code host:port,host:port}.
     */
    static void install(Quorum quorum, String controllers) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            // The JVM waits for its hooks, but not for daemon threads that they start, so this does not delay a normal stop.
            Thread thread = new Thread(() -> watch(quorum, controllers), "quorum-watch");
            thread.setDaemon(true);
            thread.start();
        }));
    }

    private static void watch(Quorum quorum, String controllers) {
        long since = System.nanoTime();
        long listened = since;
        // Without a state the raft client has stopped, and its request has been answered.
        while (!quorum.state().isEmpty()) {
            if (quorum.leader() >= 0) {
                since = System.nanoTime();
            }
            if (anyListens(controllers)) {
                listened = System.nanoTime();
            }
            if (System.nanoTime() - since > PATIENCE_MS * 1_000_000 || System.nanoTime() - listened > ADDRESS_PATIENCE_MS * 1_000_000) {
                System.err.println("kafka-stack: no controller is left to take over leaderships: stopping anyway");
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
        return Arrays.stream(controllers.split(",")).anyMatch(QuorumWatch::listens);
    }

    /** Whether a controller accepts connections. @param address {@code host:port} */
    static boolean listens(String address) {
        int colon = address.lastIndexOf(':');
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))), CONNECT_MS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
