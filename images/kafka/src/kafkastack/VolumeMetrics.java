package kafkastack;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Capacity of the volumes. Each has a thread of its own, because an unreachable NFS server blocks its callers, and must not block a scrape. Old
 * values expire.
 */
final class VolumeMetrics {
    private static final long INTERVAL_MS = 10_000;
    private static final long STALE_MS = 60_000;

    private record Space(long size, long free, long atNanos) {
        boolean isFresh() {
            return System.nanoTime() - atNanos < STALE_MS * 1_000_000;
        }
    }

    private final List<Path> directories;
    private final Map<Path, Space> known = new ConcurrentHashMap<>();

    VolumeMetrics(List<Path> directories) {
        this.directories = directories;
        for (Path directory : directories) {
            Thread thread = new Thread(() -> watch(directory), "metrics-volume");
            thread.setDaemon(true);
            thread.start();
        }
    }

    void add(Exposition out) {
        for (Path directory : directories) {
            Space space = known.get(directory);
            boolean answers = space != null && space.isFresh();
            out.gauge("kafka_stack_volume_answers", answers ? 1 : 0, "directory", directory.toString());
            if (answers) {
                out.gauge("kafka_stack_volume_size_bytes", space.size, "directory", directory.toString());
                out.gauge("kafka_stack_volume_free_bytes", space.free, "directory", directory.toString());
            }
        }
    }

    private void watch(Path directory) {
        while (true) {
            try {
                FileStore store = Files.getFileStore(directory);
                known.put(directory, new Space(store.getTotalSpace(), store.getUsableSpace(), System.nanoTime()));
            } catch (IOException e) {
                known.remove(directory);
            }
            try {
                Thread.sleep(INTERVAL_MS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }
}
