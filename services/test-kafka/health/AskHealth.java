package kafkastack;

import java.util.Properties;

/** Says once what a running broker's health endpoint would: {@code AskHealth NODE BOOTSTRAP}. Answers {@code in sync: WHAT IS MISSING} and {@code needed: WHY}, each with {@code null} for nothing. */
public final class AskHealth {
    private AskHealth() {}

    public static void main(String[] args) throws InterruptedException {
        Properties properties = new Properties();
        properties.setProperty("node.id", args[0]);
        properties.setProperty("health.bootstrap", args[1]);
        HealthClient client = HealthClient.ofBroker(properties);
        InSync inSync = new InSync(client);
        String missing;
        while ((missing = inSync.missing()) != null && missing.startsWith("not yet asked")) {
            Thread.sleep(20);
        }
        System.out.println("in sync: " + missing);
        System.out.println("needed: " + new Leaving(client, null).neededByPartitions());
        System.exit(0);
    }
}
