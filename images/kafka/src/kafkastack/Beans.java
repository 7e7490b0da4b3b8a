package kafkastack;

import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** Reads the metrics that Kafka publishes inside its own JVM. */
final class Beans {
    private static final MBeanServer SERVER = ManagementFactory.getPlatformMBeanServer();

    private Beans() {}

    /** An attribute's value, or null while the bean does not exist (the server is still starting). */
    static Object read(String bean, String attribute) {
        try {
            return SERVER.getAttribute(new ObjectName(bean), attribute);
        } catch (JMException e) {
            return null;
        }
    }

    /** As {@link #read}, as a number; {@code otherwise} while it does not exist. */
    static long number(String bean, String attribute, long otherwise) {
        return read(bean, attribute) instanceof Number n ? n.longValue() : otherwise;
    }
}
