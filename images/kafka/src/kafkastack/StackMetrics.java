package kafkastack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How many servers the stack has, from the files of the ConfigMap, so that a rule can tell that one is missing without knowing the stack. Read at each scrape: a changed number restarts nothing. */
final class StackMetrics {
    private final Path config;
    private final String[] kinds;

    /** @param kinds files that hold the number of servers of that kind. */
    StackMetrics(Path config, String... kinds) {
        this.config = config;
        this.kinds = kinds;
    }

    void add(Exposition out) {
        for (String kind : kinds) {
            try {
                String text = Files.readString(config.resolve(kind)).strip();
                // The members of an ensemble are a line each.
                out.gauge("kafka_stack_expected_" + kind, text.matches("\\d+") ? Long.parseLong(text) : text.lines().count());
            } catch (IOException e) {
                // no number is not the number 0
            }
        }
    }
}
