package kafkastack;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * The topics in a copy of the metadata log, and the replicas of their partitions. It is read without Kafka, which may have the log open. Only records
 * that create, change and remove topics and partitions count; their layouts are those of Kafka's {@code TopicRecord}, {@code PartitionRecord}, {@code
 * PartitionChangeRecord} and {@code RemoveTopicRecord}, to which later versions only add fields at the end.
 */
final class KnownPartitions {
    private static final int TOPIC = 2;
    private static final int PARTITION = 3;
    private static final int PARTITION_CHANGE = 5;
    private static final int REMOVE_TOPIC = 9;
    /** The tagged field of a partition's change with its replicas. */
    private static final int REPLICAS = 2;

    private final Map<UUID, String> topics = new HashMap<>();
    private final Map<UUID, Map<Integer, Set<Integer>>> replicas = new HashMap<>();

    private KnownPartitions() {}

    /** @param metadata directory of the log; without one, nothing is known. */
    static KnownPartitions read(Path metadata) throws IOException {
        KnownPartitions known = new KnownPartitions();
        if (!Files.isDirectory(metadata)) {
            return known;
        }
        List<Path> snapshots = files(metadata, "*.checkpoint");
        if (!snapshots.isEmpty()) {
            known.replay(snapshots.get(snapshots.size() - 1));
        }
        for (Path segment : files(metadata, "*.log")) {
            known.replay(segment);
        }
        return known;
    }

    /** Whether there is no topic. */
    boolean none() {
        return topics.isEmpty();
    }

    /** Names of the partitions with a replica on a broker, such as {@code orders-0}. */
    Set<String> of(int broker) {
        Set<String> names = new HashSet<>();
        replicas.forEach((topic, partitions) -> partitions.forEach((partition, brokers) -> {
            if (brokers.contains(broker) && topics.containsKey(topic)) {
                names.add(topics.get(topic) + "-" + partition);
            }
        }));
        return names;
    }

    private static List<Path> files(Path directory, String pattern) throws IOException {
        List<Path> found = new ArrayList<>();
        try (var files = Files.newDirectoryStream(directory, pattern)) {
            files.forEach(found::add);
        }
        found.sort(null);
        return found;
    }

    private void replay(Path file) throws IOException {
        ByteBuffer content;
        try {
            content = RecordBatch.content(file);
        } catch (NoSuchFileException e) {
            return; // just deleted: a later snapshot has what it had
        }
        for (RecordBatch batch; content.hasRemaining() && (batch = RecordBatch.next(content)) != null; ) {
            for (ByteBuffer record : batch.dataValues()) {
                try {
                    replay(record);
                } catch (RuntimeException e) {
                    throw new IOException("the metadata log has a record of an unknown layout: " + e);
                }
            }
        }
    }

    private void replay(ByteBuffer record) {
        RecordBatch.unsigned(record); // version of the frame
        int kind = (int) RecordBatch.unsigned(record);
        RecordBatch.unsigned(record); // version of the record
        switch (kind) {
            case TOPIC -> {
                byte[] name = new byte[(int) RecordBatch.unsigned(record) - 1];
                record.get(name);
                topics.put(uuid(record), new String(name, StandardCharsets.UTF_8));
            }
            case PARTITION -> {
                int partition = record.getInt();
                of(uuid(record)).put(partition, ids(record));
            }
            case PARTITION_CHANGE -> {
                int partition = record.getInt();
                UUID topic = uuid(record);
                for (long fields = RecordBatch.unsigned(record); fields > 0; fields--) {
                    long tag = RecordBatch.unsigned(record);
                    int size = (int) RecordBatch.unsigned(record);
                    if (tag == REPLICAS) {
                        of(topic).put(partition, ids(record.slice(record.position(), size)));
                    }
                    record.position(record.position() + size);
                }
            }
            case REMOVE_TOPIC -> {
                UUID topic = uuid(record);
                topics.remove(topic);
                replicas.remove(topic);
            }
            default -> {}
        }
    }

    private Map<Integer, Set<Integer>> of(UUID topic) {
        return replicas.computeIfAbsent(topic, each -> new HashMap<>());
    }

    private static UUID uuid(ByteBuffer from) {
        return new UUID(from.getLong(), from.getLong());
    }

    /** A compact array: its length is stored as one more; 0 stands for none. */
    private static Set<Integer> ids(ByteBuffer from) {
        Set<Integer> ids = new HashSet<>();
        for (long left = RecordBatch.unsigned(from) - 1; left > 0; left--) {
            ids.add(from.getInt());
        }
        return ids;
    }
}
