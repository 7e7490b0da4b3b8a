package kafkastack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * Makes a controller retire on request: it restarts and no longer becomes a voter by itself, so that its vote can be removed. It can also return. The
 * entrypoint reads the marker file, which disappears with the pod.
 *
 * @param config the server's properties file; the marker is beside it.
 */
record Retirement(Health health, Path config) {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** This server's orders, by path of the health endpoint. */
    Map<String, Runnable> orders() {
        return Map.of("/retire", () -> startAnew(true), "/return", () -> startAnew(false));
    }

    private void startAnew(boolean retired) {
        System.err.println("kafka-stack: told to " + (retired ? "retire" : "return") + ": restarting as soon as the cluster can do without this server");
        new Thread(() -> {
            health.awaitSpared(PATIENCE);
            mark(retired);
            System.exit(0);
        }).start();
    }

    private void mark(boolean retired) {
        Path mark = config.resolveSibling("retired");
        try {
            if (retired) {
                Files.write(mark, new byte[0]);
            } else {
                Files.deleteIfExists(mark);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
