package kafkastack;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Metrics in Prometheus' text format, which groups the series of a name. A duplicate series is dropped, because Prometheus would refuse the whole
 * scrape.
 *
 * @see <a href="https://prometheus.io/docs/instrumenting/exposition_formats/">the format, version 0.0.4</a>
 */
final class Exposition {
    static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    /** The type of a metric. */
    enum Type {
        GAUGE,
        COUNTER,
        SUMMARY
    }

    private record Family(Type type, Map<String, Number> series) {}

    private final Map<String, Family> families = new LinkedHashMap<>();

    void gauge(String name, Number value, String... labels) {
        add(Type.GAUGE, name, "", value, labels);
    }

    void counter(String name, Number value, String... labels) {
        add(Type.COUNTER, name, "", value, labels);
    }

    /**
     * Adds a series.
     *
     * @param suffix of the series' name, such as {@code _count} of a summary.
     * @param value null for no series.
     * @param labels names and values in turn.
     */
    void add(Type type, String name, String suffix, Number value, String... labels) {
        if (value == null) {
            return;
        }
        StringBuilder series = new StringBuilder(name).append(suffix);
        for (int i = 0; i < labels.length; i += 2) {
            series.append(i == 0 ? '{' : ',').append(labels[i]).append("=\"").append(escape(labels[i + 1])).append('"');
        }
        series.append(labels.length > 0 ? "}" : "");
        families.computeIfAbsent(name, unseen -> new Family(type, new LinkedHashMap<>())).series.putIfAbsent(series.toString(), value);
    }

    String text() {
        StringBuilder text = new StringBuilder(1 << 16);
        families.forEach((name, family) -> {
            text.append("# TYPE ").append(name).append(' ').append(family.type.name().toLowerCase()).append('\n');
            family.series.forEach((series, value) -> text.append(series).append(' ').append(number(value)).append('\n'));
        });
        return text.toString();
    }

    private static String number(Number value) {
        double number = value.doubleValue();
        if (Double.isInfinite(number)) {
            return number > 0 ? "+Inf" : "-Inf";
        }
        return value.toString();
    }

    private static String escape(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }
}
