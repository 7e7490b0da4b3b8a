package kafkastack;

import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.Set;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import kafkastack.Exposition.Type;

/**
 * ZooKeeper's own metrics under the names that dashboards expect: those of the JMX exporter with Strimzi's former rules. Metrics of single client
 * connections are left out.
 */
final class ZooKeeperMetrics {
    private static final MBeanServer SERVER = ManagementFactory.getPlatformMBeanServer();
    private static final Set<String> NUMBERS = Set.of("int", "long", "double");

    private ZooKeeperMetrics() {}

    static void add(Exposition out) {
        try {
            for (ObjectName bean : SERVER.queryNames(new ObjectName("org.apache.ZooKeeperService:*"), null)) {
                String part = bean.getKeyProperty("name3");
                if (bean.getKeyProperty("name4") == null && !"Connections".equals(part)) {
                    add(out, bean, part == null ? "zookeeper_" : "zookeeper_" + part.toLowerCase(Locale.ROOT) + "_");
                }
            }
        } catch (JMException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void add(Exposition out, ObjectName bean, String prefix) {
        String replica = bean.getKeyProperty("name1");
        String member = bean.getKeyProperty("name2");
        String[] labels = replica == null
                ? new String[0]
                : member == null
                        ? new String[] {"replicaId", replica.replace("replica.", "")}
                        : new String[] {"memberType", member, "replicaId", replica.replace("replica.", "")};
        try {
            for (MBeanAttributeInfo info : SERVER.getMBeanInfo(bean).getAttributes()) {
                if (NUMBERS.contains(info.getType()) && SERVER.getAttribute(bean, info.getName()) instanceof Number value) {
                    Type type = info.getName().startsWith("Packets") ? Type.COUNTER : Type.GAUGE;
                    out.add(type, prefix + info.getName().toLowerCase(Locale.ROOT), "", value, labels);
                }
            }
        } catch (JMException | RuntimeException e) {
            // a server that changes from follower to leader has other beans in a moment
        }
    }
}
