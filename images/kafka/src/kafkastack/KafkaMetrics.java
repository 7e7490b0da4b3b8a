package kafkastack;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.management.Attribute;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import kafkastack.Exposition.Type;

/**
 * Kafka's own metrics under the names that Kafka dashboards expect: those of the JMX exporter with Strimzi's rules.
 *
 * @see <a href="https://github.com/strimzi/strimzi-kafka-operator/blob/main/packaging/examples/metrics/kafka-metrics.yaml">those rules</a>
 */
final class KafkaMetrics {
    private static final MBeanServer SERVER = ManagementFactory.getPlatformMBeanServer();
    private static final Map<String, String> QUANTILES =
            Map.of("50thPercentile", "0.50", "95thPercentile", "0.95", "99thPercentile", "0.99", "999thPercentile", "0.999");
    private static final String[] DISTRIBUTION = {"Count", "Mean", "50thPercentile", "95thPercentile", "99thPercentile", "999thPercentile"};

    private final Exposition out;

    private KafkaMetrics(Exposition out) {
        this.out = out;
    }

    static void add(Exposition out) {
        KafkaMetrics metrics = new KafkaMetrics(out);
        KafkaBeans.NAMED.forEach(metrics::addDomain);
        metrics.addPartitions();
    }

    private void addDomain(String domain, Map<String, Set<String>> types) {
        Set<ObjectName> beans = query(domain + ":*");
        Set<String> topics = topicsOf(beans);
        for (ObjectName bean : beans) {
            String type = typeOf(bean);
            if (!types.containsKey(type) && !KafkaBeans.WITH_ATTRIBUTES.containsKey(type)) {
                continue;
            }
            String name = bean.getKeyProperty("name");
            String topic = bean.getKeyProperty("topic");
            String request = bean.getKeyProperty("request");
            try {
                if (name == null) {
                    addAttributes(bean, type);
                } else if (taken(types.get(type), name)
                        && (topic == null || KafkaBeans.OF_A_TOPIC.contains(name) && topics.contains(topic))
                        && (request == null || !name.endsWith("Ms") || KafkaBeans.TIMED_REQUESTS.contains(request))) {
                    addNamed(bean, type, name);
                }
            } catch (JMException | RuntimeException e) {
                // The bean disappeared during the read, or has no value yet: it is missing from this scrape only.
            }
        }
    }

    private Set<String> topicsOf(Set<ObjectName> beans) {
        TreeSet<String> topics = new TreeSet<>();
        for (ObjectName bean : beans) {
            if (typeOf(bean).equals("BrokerTopicMetrics") && bean.getKeyProperty("topic") != null) {
                topics.add(bean.getKeyProperty("topic"));
            }
        }
        int left = Math.max(0, topics.size() - KafkaBeans.TOPICS);
        if (!topics.isEmpty()) {
            out.gauge("kafka_stack_topics_left_out", left);
        }
        for (int i = 0; i < left; i++) {
            topics.pollLast();
        }
        return topics;
    }

    private void addNamed(ObjectName bean, String type, String name) throws JMException {
        String kind = SERVER.getObjectInstance(bean).getClassName();
        kind = kind.substring(kind.lastIndexOf('$') + 1);
        String domain = bean.getDomain().substring("kafka.".length()).replace('.', '_');
        String full = "kafka_" + domain + "_" + lower(type) + "_";
        String[] labels = labelsOf(bean);
        switch (kind) {
            case "Gauge" -> {
                String gauge = name.endsWith("Percent") ? lower(cut(name, "Percent")) + "_percent" : lower(name);
                out.gauge(full + gauge, number(bean, "Value"), labels);
            }
            case "Meter" -> {
                Number count = number(bean, "Count");
                if (name.endsWith("Percent")) {
                    // Strimzi's rule takes the mean since the start, which hides the current value.
                    out.gauge(full + lower(cut(name, "Percent")) + "_percent", number(bean, "OneMinuteRate"), labels);
                } else if (count != null && (!type.equals("RequestMetrics") || count.longValue() > 0)) {
                    out.counter(full + lower(cut(name, "PerSec")) + "_total", count, labels);
                }
            }
            case "Histogram", "Timer" -> addDistribution(bean, full + lower(name), labels);
            default -> { }
        }
    }

    private void addDistribution(ObjectName bean, String name, String[] labels) throws JMException {
        double count = 0;
        for (Attribute attribute : SERVER.getAttributes(bean, DISTRIBUTION).asList()) {
            Number value = (Number) attribute.getValue();
            String quantile = QUANTILES.get(attribute.getName());
            if (quantile != null) {
                out.add(Type.SUMMARY, name, "", value, with(labels, "quantile", quantile));
            } else if (attribute.getName().equals("Count")) {
                count = value.doubleValue();
                out.add(Type.SUMMARY, name, "_count", value, labels);
            } else {
                out.add(Type.SUMMARY, name, "_sum", value.doubleValue() * count, labels);
            }
        }
    }

    private void addAttributes(ObjectName bean, String type) throws JMException {
        KafkaBeans.WithAttributes rule = bean.getDomain().equals("kafka.server") ? KafkaBeans.WITH_ATTRIBUTES.get(type) : null;
        String[] labels = labelsOf(bean);
        if (rule == null || rule.labels() != null && !hasOnly(bean, rule.labels())) {
            return;
        }
        for (MBeanAttributeInfo info : SERVER.getMBeanInfo(bean).getAttributes()) {
            if (!taken(rule.attributes(), info.getName())) {
                continue;
            }
            Object value = SERVER.getAttribute(bean, info.getName());
            String attribute = info.getName().replace('-', '_');
            String name = "kafka_server_" + rule.name() + "_" + lower(attribute);
            if (value instanceof Number number) {
                Type kind = attribute.endsWith("_total") ? Type.COUNTER : Type.GAUGE;
                out.add(kind, name, "", number, labels);
            } else if (attribute.equals("current_state")) {
                out.gauge(name, 1, with(labels, attribute, String.valueOf(value)));
            }
        }
    }

    /** Adds only the partitions that lack replicas, and asks for them only when there are any. */
    private void addPartitions() {
        KafkaBeans.OF_A_PARTITION.forEach((name, count) -> {
            if (Beans.number("kafka.server:type=ReplicaManager,name=" + count, "Value", 0) == 0) {
                return;
            }
            int given = 0;
            for (ObjectName bean : query("kafka.cluster:type=Partition,name=" + name + ",*")) {
                try {
                    Number value = given < KafkaBeans.PARTITIONS ? number(bean, "Value") : null;
                    if (value != null && value.longValue() > 0) {
                        out.gauge("kafka_cluster_partition_" + lower(name), value, labelsOf(bean));
                        given++;
                    }
                } catch (JMException | RuntimeException e) {
                    // the partition has moved away
                }
            }
        });
    }

    private static Set<ObjectName> query(String pattern) {
        try {
            return SERVER.queryNames(new ObjectName(pattern), null);
        } catch (JMException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Reads the type from the whole name. A bean that is asked for one key keeps all keys in memory, and a broker has ten beans for each partition.
     */
    private static String typeOf(ObjectName bean) {
        String name = bean.getCanonicalName();
        int start = name.lastIndexOf("type=") + "type=".length();
        int end = name.indexOf(',', start);
        return name.substring(start, end < 0 ? name.length() : end);
    }

    private static boolean taken(Set<String> names, String name) {
        return names != null && (names == KafkaBeans.ALL || names.contains(name));
    }

    /** Null when the value is missing or not a number. */
    private static Number number(ObjectName bean, String attribute) throws JMException {
        return SERVER.getAttribute(bean, attribute) instanceof Number number ? number : null;
    }

    private static boolean hasOnly(ObjectName bean, List<String> labels) {
        return bean.getKeyPropertyList().size() == labels.size() + 1 && labels.stream().allMatch(label -> bean.getKeyProperty(label) != null);
    }

    private static String[] labelsOf(ObjectName bean) {
        List<String> labels = new ArrayList<>();
        new TreeSet<>(bean.getKeyPropertyList().keySet()).forEach(key -> {
            if (!key.equals("type") && !key.equals("name")) {
                String value = bean.getKeyProperty(key);
                labels.add(key.replaceAll("[^a-zA-Z0-9_]", "_"));
                labels.add(value.startsWith("\"") ? ObjectName.unquote(value) : value);
            }
        });
        return labels.toArray(String[]::new);
    }

    private static String[] with(String[] labels, String name, String value) {
        String[] more = Arrays.copyOf(labels, labels.length + 2);
        more[labels.length] = name;
        more[labels.length + 1] = value;
        return more;
    }

    private static String cut(String name, String end) {
        return name.endsWith(end) ? name.substring(0, name.length() - end.length()) : name;
    }

    private static String lower(String name) {
        return name.replace('-', '_').toLowerCase(Locale.ROOT);
    }
}
