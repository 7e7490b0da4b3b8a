package kafkastack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The expected number of servers, from the files of the ConfigMap, so that an alert can find a missing one without knowing the stack. Read at each
 * scrape, because a changed number does not restart servers.
 */
final class StackMetrics {
    private final Path config;
    private final String[] kinds;

    /** @param kinds files with the number of servers of that kind. */
    StackMetrics(Path config, String... kinds) {
        this.config = config;
        this.kinds = kinds;
    }

    void add(Exposition out) {
        for (String kind : kinds) {
            try {
                String text = Files.readString(config.resolve(kind)).strip();
                // The members of an ensemble are one per line.
                out.gauge("kafka_stack_expected_" + kind, text.matches("\\d+") ? Long.parseLong(text) : text.lines().count());
            } catch (IOException e) {
                // a missing number is not 0
            }
        }
    }
}
