package kafkastack;

import java.io.StringReader;
import java.util.List;
import java.util.Properties;
import kafka.server.KafkaConfig;

/**
 * Lets this version's own parser read a {@code server.properties} before any server gets it: a file that the parser refuses stops every broker at its
 * next restart.
 *
 * <p>Usage: {@code ConfigCheck <properties> <roles>...}: the text of the file, and the roles as in {@code process.roles}, or {@code zookeeper} for a
 * broker without KRaft. Settings that differ from pod to pod get example values.
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
                System.err.println("kafka-stack: Kafka would not start with this kafka.config, so no server was given it: " + e.getMessage());
                System.exit(1);
            }
        }
        System.err.println("kafka-stack: Kafka accepts these settings");
        System.exit(0);
    }

    /** Adds the pod's own settings, like entrypoint-kafka.sh. */
    private static void addPod(Properties properties, String roles) {
        boolean broker = !roles.equals("controller");
        boolean controller = roles.contains("controller");
        boolean passwords = properties.getProperty("listener.security.protocol.map", "").contains(",SCRAM:");
        String listeners = (broker ? "CLIENT://:9092,INTERNAL://:9095" + (passwords ? ",SCRAM://:9096" : "") : "") + (broker && controller ? "," : "") + (controller ? "CONTROLLER://:9093" : "");
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
