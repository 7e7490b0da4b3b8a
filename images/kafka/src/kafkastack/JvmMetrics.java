package kafkastack;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import kafkastack.Exposition.Type;

/**
 * Metrics of the JVM and its process, named as in Prometheus' own library for Java.
 *
 * @see <a href="https://prometheus.github.io/client_java/instrumentation/jvm/">those names</a>
 */
final class JvmMetrics {
    private JvmMetrics() {}

    static void add(Exposition out) {
        addMemory(out);
        for (var collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            out.add(Type.SUMMARY, "jvm_gc_collection_seconds", "_count", collector.getCollectionCount(), "gc", collector.getName());
            out.add(Type.SUMMARY, "jvm_gc_collection_seconds", "_sum", collector.getCollectionTime() / 1e3, "gc", collector.getName());
        }
        out.gauge("jvm_threads_current", ManagementFactory.getThreadMXBean().getThreadCount());
        out.gauge("process_start_time_seconds", ManagementFactory.getRuntimeMXBean().getStartTime() / 1e3);
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
            out.counter("process_cpu_seconds_total", system.getProcessCpuTime() / 1e9);
            out.gauge("process_open_fds", system.getOpenFileDescriptorCount());
            out.gauge("process_max_fds", system.getMaxFileDescriptorCount());
        }
    }

    private static void addMemory(Exposition out) {
        var memory = ManagementFactory.getMemoryMXBean();
        addUsage(out, "jvm_memory", memory.getHeapMemoryUsage(), "area", "heap");
        addUsage(out, "jvm_memory", memory.getNonHeapMemoryUsage(), "area", "nonheap");
        for (var pool : ManagementFactory.getMemoryPoolMXBeans()) {
            addUsage(out, "jvm_memory_pool", pool.getUsage(), "pool", pool.getName());
            MemoryUsage afterCollection = pool.getCollectionUsage();
            if (afterCollection != null) {
                out.gauge("jvm_memory_pool_collection_used_bytes", afterCollection.getUsed(), "pool", pool.getName());
            }
        }
        for (var buffers : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
            out.gauge("jvm_buffer_pool_used_bytes", buffers.getMemoryUsed(), "pool", buffers.getName());
        }
    }

    private static void addUsage(Exposition out, String name, MemoryUsage usage, String... labels) {
        out.gauge(name + "_used_bytes", usage.getUsed(), labels);
        out.gauge(name + "_committed_bytes", usage.getCommitted(), labels);
        // -1 when there is no limit
        out.gauge(name + "_max_bytes", usage.getMax(), labels);
    }
}
