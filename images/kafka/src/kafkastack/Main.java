package kafkastack;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Starts the health endpoint and the metrics, and then their server, in one JVM.
 *
 * <p>This is a wrapper and not a Java agent, because an agent makes the JVM reread every class of the class-data-sharing archive, which costs what
 * the archive saves.
 *
 * <p>Usage: {@code Main <main class> <properties file>}. The system properties {@code health.port} (default 8080) and {@code metrics.port} (9404) set
 * the ports, {@code termination.log} the file of the container's last message (/dev/termination-log).
 */
public final class Main {
    private Main() {}

    public static void main(String[] args) throws Exception {
        // A restarted pod has another address. The JVM's own caching, 30 s for an address and 10 s for a missing one, is too long.
        Security.setProperty("networkaddress.cache.ttl", "1");
        Security.setProperty("networkaddress.cache.negative.ttl", "1");
        String server = args[0];
        String[] rest = Arrays.copyOfRange(args, 1, args.length);
        Properties properties = new Properties();
        try (var reader = Files.newBufferedReader(Path.of(rest[0]))) {
            properties.load(reader);
        }
        int port = Integer.getInteger("health.port", HealthServer.PORT);
        MetricsServer.start(Integer.getInteger("metrics.port", MetricsServer.PORT), metrics(server.contains("zookeeper"), properties));
        if (server.contains("zookeeper")) {
            ZooKeeperDisk disk = new ZooKeeperDisk(Path.of(properties.getProperty("dataDir")));
            HealthServer.start(port, new ZooKeeperHealth(disk));
            try {
                rest[0] = new ZooKeeperStart(disk, ZooKeeperStart.STACK, port).configure(Path.of(rest[0])).toString();
            } catch (IllegalStateException refusal) {
                System.err.println("kafka-stack: " + refusal.getMessage());
                System.exit(1);
            }
        } else {
            try {
                rest[0] = startKafka(Server.of(properties, Path.of(rest[0]), port)).toString();
            } catch (IllegalStateException refusal) {
                System.err.println("kafka-stack: " + refusal.getMessage());
                System.exit(1);
            }
        }
        Class.forName(server).getMethod("main", String[].class).invoke(null, (Object) rest);
    }

    /**
     * A server of Kafka before it starts.
     *
     * @param file the rendered file.
     * @param copies holds its broker.
     */
    private record Server(Properties properties, Path file, int healthPort, int node, String clusterId, KafkaDisk disk, Hold hold, LostCopies copies) {
        static Server of(Properties properties, Path file, int healthPort) {
            int node = Integer.parseInt(properties.getProperty("node.id", properties.getProperty("broker.id")));
            String clusterId = environment("KAFKA_CLUSTER_ID");
            KafkaDisk disk = new KafkaDisk(directories(properties.getProperty("log.dirs")));
            Hold hold = new Hold(file);
            LostCopies copies = new LostCopies(node, disk, file, new ClusterCopies(node, clusterId, properties), hold);
            return new Server(properties, file, healthPort, node, clusterId, disk, hold, copies);
        }
    }

    /** Everything before Kafka itself: the health endpoint, and a wait where it is needed. @return the file to start Kafka with */
    private static Path startKafka(Server server) throws Exception {
        if (server.properties.containsKey("process.roles")) {
            return startKraft(server);
        }
        Health health = new HeldHealth(server.hold, server.copies, new BrokerHealth(server.properties, () -> false));
        HealthServer.start(server.healthPort, health);
        if (!server.disk.formatted()) {
            server.copies.await();
        }
        return server.file;
    }

    /** With KRaft the disks are formatted, too. */
    private static Path startKraft(Server server) throws Exception {
        Properties both = server.properties;
        KafkaDisk disk = server.disk;
        Quorum quorum = new Quorum();
        String controllers = both.getProperty("controller.quorum.bootstrap.servers", "");
        QuorumWatch.install(quorum, controllers);
        int firstId = Integer.parseInt(environment("KAFKA_NODE_ID_BASE"));
        Peers peers = new Peers(config(), environment("POD_NAMESPACE"), environment("KAFKA_POOL"), firstId, server.node - firstId, server.clusterId, server.healthPort);
        Path log = disk.directories().get(0);
        new Recovery(log).install();
        LeaderElsewhere.forget(log.resolve(MetadataLog.DIRECTORY), server.node);
        String declared = both.getProperty("process.roles");
        boolean controls = declared.contains("controller");
        boolean controllerFirst = declared.equals("broker,controller") && ControllerFirst.isNeeded(disk, server.copies);
        String roles = controllerFirst ? "controller" : declared;
        Path used = controllerFirst ? ControllerFirst.configure(both, server.file) : server.file;
        WithoutQuorum withoutQuorum = new WithoutQuorum(quorum, controllers);
        BrokerHealth broker = new BrokerHealth(both, withoutQuorum::lasts);
        ControllerHealth controller = new ControllerHealth(quorum, disk, both, new LastToLeave(peers::leavingBrokers));
        Health running = switch (roles) {
            case "broker" -> broker;
            case "controller" -> controller;
            default -> new CombinedHealth(controller, broker);
        };
        BooleanSupplier serves = () -> !quorum.state().isEmpty() && (roles.equals("controller") || broker.runs());
        Health held = new HeldHealth(server.hold, declared.equals("controller") ? null : server.copies, running);
        Health health = new KafkaHealth(held, serves, quorum, disk, server.node, server.clusterId);
        if (controls) {
            HealthServer.start(server.healthPort, health, new Retirement(health, used).orders(), OrderKey.of(server.node));
        } else {
            HealthServer.start(server.healthPort, health);
        }
        if (!roles.equals("controller")) {
            withoutQuorum.watch(broker::registered, Path.of(System.getProperty("termination.log", "/dev/termination-log")));
        }
        KafkaDisk formatted = controllerFirst ? disk.ofController() : disk;
        new Formatting(formatted, used, server.clusterId, controls, peers, server.hold, roles.equals("controller") ? null : server.copies).run();
        if (controllerFirst) {
            ControllerFirst.becomeBroker(server.copies);
        }
        return used;
    }

    /** The content of a scrape. */
    private static List<Consumer<Exposition>> metrics(boolean zookeeper, Properties properties) {
        if (zookeeper) {
            VolumeMetrics volumes = new VolumeMetrics(directories(properties.getProperty("dataDir")));
            return List.of(ZooKeeperMetrics::add, new StackMetrics(ZooKeeperStart.STACK.getParent(), "members")::add, volumes::add, JvmMetrics::add);
        }
        String[] kinds = properties.containsKey("process.roles") ? new String[] {"brokers", "controllers"} : new String[] {"brokers"};
        VolumeMetrics volumes = new VolumeMetrics(directories(properties.getProperty("log.dirs")));
        CertificateMetrics certificates = new CertificateMetrics(properties.getProperty("ssl.keystore.location"));
        return List.of(KafkaMetrics::add, new StackMetrics(config(), kinds)::add, volumes::add, certificates::add, JvmMetrics::add);
    }

    private static List<Path> directories(String list) {
        return Arrays.stream(list.split(",")).map(Path::of).toList();
    }

    private static Path config() {
        return Path.of(System.getenv().getOrDefault("KAFKA_STACK_CONFIG_DIR", "/etc/kafka"));
    }

    private static String environment(String name) {
        String value = System.getenv(name);
        if (value == null || value.isEmpty()) {
            throw new IllegalStateException(name + " is not set in the container's environment");
        }
        return value;
    }
}
