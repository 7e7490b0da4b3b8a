package kafkastack;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.util.Arrays;
import java.util.Map;
import java.util.Properties;

/**
 * Starts the health endpoint and then the server it reports on, in one JVM.
 *
 * <p>A wrapper and not a Java agent: an agent makes the JVM reread every class of the class-data-sharing archive, which costs what the archive saves.
 *
 * <p>Usage: {@code Main <main class> <properties file>}. The port is {@code health.port} (8080 by default) among the system properties.
 */
public final class Main {
    private Main() {}

    public static void main(String[] args) throws Exception {
        // A restarted pod has another address: the JVM's own 30 s of remembering the old one, or 10 s of remembering that there was none, are too long.
        Security.setProperty("networkaddress.cache.ttl", "1");
        Security.setProperty("networkaddress.cache.negative.ttl", "1");
        String server = args[0];
        String[] rest = Arrays.copyOfRange(args, 1, args.length);
        Properties properties = new Properties();
        try (var reader = Files.newBufferedReader(Path.of(rest[0]))) {
            properties.load(reader);
        }
        int port = Integer.getInteger("health.port", HealthServer.PORT);
        if (server.contains("zookeeper")) {
            ZooKeeperDisk disk = new ZooKeeperDisk(Path.of(properties.getProperty("dataDir")));
            HealthServer.start(port, new ZooKeeperHealth(disk), Map.of());
            try {
                rest[0] = new ZooKeeperStart(disk, port).configure(Path.of(rest[0])).toString();
            } catch (IllegalStateException refusal) {
                System.err.println("kafka-stack: " + refusal.getMessage());
                System.exit(1);
            }
        } else {
            Health health = kafka(properties);
            boolean controls = properties.getProperty("process.roles", "").contains("controller");
            HealthServer.start(port, health, controls ? new Retirement(health, Path.of(rest[0])).orders() : Map.of());
        }
        Class.forName(server).getMethod("main", String[].class).invoke(null, (Object) rest);
    }

    private static Health kafka(Properties properties) {
        String roles = properties.getProperty("process.roles", "broker");
        Quorum quorum = new Quorum();
        if (properties.containsKey("process.roles")) {
            QuorumWatch.install(quorum);
        }
        Health controller = new ControllerHealth(quorum, properties);
        Health broker = new BrokerHealth(properties);
        return switch (roles) {
            case "broker" -> broker;
            case "controller" -> controller;
            default -> new CombinedHealth(controller, broker);
        };
    }
}
