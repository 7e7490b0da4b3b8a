package kafkastack;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What another server's health endpoint says. */
final class PeerAnswer {
    private static final int TIMEOUT_MS = 2000;

    private PeerAnswer() {}

    /** The lines of a server's {@code /quorum}; none when it does not answer. */
    static List<String> lines(String host, int port) {
        return lines(host + ":" + port, "/quorum");
    }

    /** The lines of a page of a server's health endpoint; none when it does not answer. */
    static List<String> lines(String address, String path) {
        try {
            var connection = (HttpURLConnection) URI.create("http://" + address + path).toURL().openConnection();
            connection.setConnectTimeout(TIMEOUT_MS);
            connection.setReadTimeout(TIMEOUT_MS);
            try (var body = connection.getInputStream()) {
                return new String(body.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
            }
        } catch (IOException e) {
            return List.of();
        }
    }

    /** Reads lines of the form {@code key=value}; ignores others. */
    static Map<String, String> values(List<String> lines) {
        Map<String, String> values = new HashMap<>();
        for (String line : lines) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                values.put(line.substring(0, equals), line.substring(equals + 1));
            }
        }
        return values;
    }
}
