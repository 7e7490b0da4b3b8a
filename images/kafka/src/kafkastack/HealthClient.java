package kafkastack;

import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Node;

/** How the health endpoint asks Kafka: as a client of its own server. */
record HealthClient(int nodeId, Map<String, Object> settings) {
    static HealthClient ofBroker(Properties properties) {
        return of(properties, "bootstrap.servers", properties.getProperty("health.bootstrap", "localhost:9092"));
    }

    static HealthClient ofController(Properties properties) {
        return of(properties, "bootstrap.controllers", "localhost:9093");
    }

    private static HealthClient of(Properties properties, String bootstrap, String address) {
        String id = properties.getProperty("node.id", properties.getProperty("broker.id", "0"));
        return new HealthClient(
                Integer.parseInt(id),
                Tls.with(Map.of(bootstrap, address, "client.id", "health", "enable.metrics.push", "false", "default.api.timeout.ms", "10000", "request.timeout.ms", "5000")));
    }

    Admin connect() {
        return Admin.create(settings);
    }

    /** Whether the nodes include this server. */
    boolean isAmong(List<Node> nodes) {
        return nodes.stream().anyMatch(node -> node.id() == nodeId);
    }
}
