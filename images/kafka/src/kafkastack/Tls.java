package kafkastack;

import java.util.HashMap;
import java.util.Map;

/** How a client in a container of the stack connects: with the container's certificate, if it has one. */
final class Tls {
    private Tls() {}

    /** A client's settings, with those for TLS if {@code KAFKA_TLS_DIR} names a directory with a certificate. */
    static Map<String, Object> with(Map<String, Object> settings) {
        String directory = System.getenv("KAFKA_TLS_DIR");
        if (directory == null || directory.isEmpty()) {
            return settings;
        }
        Map<String, Object> all = new HashMap<>(settings);
        all.put("security.protocol", "SSL");
        all.put("ssl.engine.factory.class", ReloadingSslEngineFactory.class.getName());
        all.put("ssl.keystore.location", directory);
        return all;
    }
}
