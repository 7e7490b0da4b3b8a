package kafkastack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * Starts a server with both roles as a controller alone while its broker is held: the quorum may need its vote, and without a quorum no other broker
 * can say what this one is waiting for. The container starts again once the server may be a broker, too.
 */
final class ControllerFirst {
    private static final String CONTROLLER = "CONTROLLER://";

    private ControllerFirst() {}

    /** Whether the quorum may need the vote of a server whose broker may not register now. One without its metadata has no vote. */
    static boolean isNeeded(KafkaDisk disk, LostCopies copies) throws IOException, InterruptedException {
        return disk.metadataFormatted() && !disk.lostRecordsOfVoter() && !copies.mayBegin();
    }

    /** Writes the settings of the controller alone. @return their file, beside that of both roles */
    static Path configure(Properties both, Path file) throws IOException {
        Properties controller = new Properties();
        controller.putAll(both);
        controller.setProperty("process.roles", "controller");
        for (String listeners : new String[] {"listeners", "advertised.listeners"}) {
            controller.setProperty(listeners, ofController(both.getProperty(listeners)));
        }
        controller.setProperty("log.dirs", both.getProperty("log.dirs").split(",")[0]);
        Path written = file.resolveSibling("controller.properties");
        try (var writer = Files.newBufferedWriter(written)) {
            controller.store(writer, null);
        }
        return written;
    }

    /** Ends this JVM when the broker may register, so that the kubelet starts the container with both roles. */
    static void becomeBroker(LostCopies copies) {
        Thread thread = new Thread(() -> {
            try {
                copies.await();
                Hold.say("starting again, as controller and broker");
            } catch (IOException | IllegalStateException e) {
                Hold.say(String.valueOf(e.getMessage()));
            } catch (InterruptedException e) {
                return;
            }
            System.exit(1);
        }, "lost-copies");
        thread.setDaemon(true);
        thread.start();
    }

    private static String ofController(String listeners) {
        return Arrays.stream(listeners.split(",")).filter(listener -> listener.startsWith(CONTROLLER)).collect(Collectors.joining(","));
    }
}
