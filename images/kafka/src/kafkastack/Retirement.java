package kafkastack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * A controller can be told to retire: to start anew as one that does not become a voter by itself, so that its vote can be taken; and to return. The entrypoint reads the
 * mark that is left for it, which goes with the pod.
 *
 * @param config the server's properties file, beside which the mark is.
 */
record Retirement(Health health, Path config) {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** What this server can be told to do, by path of the health endpoint. */
    Map<String, Runnable> orders() {
        return Map.of("/retire", () -> startAnew(true), "/return", () -> startAnew(false));
    }

    private void startAnew(boolean retired) {
        System.err.println("kafka-stack: told to " + (retired ? "retire" : "return") + ": starting anew as soon as the others can do without this server");
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
