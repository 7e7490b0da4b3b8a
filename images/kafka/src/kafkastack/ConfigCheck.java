package kafkastack;

import java.io.StringReader;
import java.util.List;
import java.util.Properties;
import kafka.server.KafkaConfig;

/**
 * Has this version's own parser read a {@code server.properties}, before any server finds it at its next start: one that does not pass ends every broker that restarts.
 *
 * <p>Usage: {@code ConfigCheck <properties> <roles>...}, the text of the file and the roles as in {@code process.roles}, or {@code zookeeper} for a broker without KRaft. What differs from pod to pod is made up.
 */
public final class ConfigCheck {
    private ConfigCheck() {}

    public static void main(String[] args) throws Exception {
        for (String roles : List.of(args).subList(1, args.length)) {
            Properties properties = new Properties();
            properties.load(new StringReader(args[0]));
            addPod(properties, roles);
            try {
                KafkaConfig.fromProps(properties);
            } catch (RuntimeException e) {
                System.err.println("kafka-stack: Kafka would not start with kafka.config as it is, so no server was given it: " + e.getMessage());
                System.exit(1);
            }
        }
        System.err.println("kafka-stack: Kafka reads these settings");
        System.exit(0);
    }

    /** As entrypoint-kafka.sh does it. */
    private static void addPod(Properties properties, String roles) {
        boolean broker = !roles.equals("controller");
        boolean controller = roles.contains("controller");
        String listeners = (broker ? "CLIENT://:9092,INTERNAL://:9095" : "") + (broker && controller ? "," : "") + (controller ? "CONTROLLER://:9093" : "");
        properties.setProperty("listeners", listeners);
        properties.setProperty("advertised.listeners", listeners.replace("://:", "://server-0:"));
        properties.setProperty("log.dirs", "/tmp/log");
        if (roles.equals("zookeeper")) {
            properties.setProperty("broker.id", "0");
        } else {
            properties.setProperty("node.id", "0");
            properties.setProperty("process.roles", roles);
            properties.setProperty("controller.quorum.bootstrap.servers", "server-0:9093");
            if (controller) {
                properties.setProperty("controller.quorum.auto.join.enable", "true");
            }
        }
    }
}
