package kafkastack;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.message.VotersRecord;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.ObjectSerializationCache;

/**
 * A copy of the KRaft metadata log, as in {@code __cluster_metadata-0} on controllers and on every broker, which replicate it. It is read without
 * Kafka, which may have it open, and checked batch by batch; a torn write at its end is left out.
 *
 * @param snapshot the newest snapshot; null when there is none.
 * @param segments in order; empty when the snapshot is newer than all of them.
 * @param bytes the size of the complete part of the last segment.
 * @param end offset of the next record.
 * @param epoch of the last record. Of two copies, the one with the later epoch has more; with equal epochs, the one with the later end.
 * @param written when the last record was written, in milliseconds since 1970; 0 when unknown.
 * @param voters the last voters that it names; null when it names none.
 */
record MetadataLog(Path snapshot, List<Path> segments, long bytes, long end, int epoch, long written, VotersRecord voters) {
    static final String DIRECTORY = "__cluster_metadata-0";
    private static final Pattern SNAPSHOT = Pattern.compile("(\\d{20})-(\\d{10})\\.checkpoint");
    private static final Pattern SEGMENT = Pattern.compile("(\\d{20})\\.log");
    private static final short VOTERS_VERSION = 0;

    /** @throws IOException when it cannot be read, or is damaged elsewhere than at its end. */
    static MetadataLog read(Path directory) throws IOException {
        List<Path> snapshots = named(directory, SNAPSHOT);
        List<Path> segments = named(directory, SEGMENT);
        Path snapshot = snapshots.isEmpty() ? null : snapshots.get(snapshots.size() - 1);
        Reader reader = new Reader();
        if (snapshot != null) {
            reader.snapshot(snapshot);
        }
        long bytes = 0;
        long start = segments.isEmpty() ? reader.covered : offsetOf(segments.get(0));
        if (start > reader.covered) {
            throw new IOException("the metadata log begins at offset " + start + " and no snapshot reaches so far");
        }
        long next = start;
        for (Path segment : segments) {
            if (offsetOf(segment) != next) {
                throw new IOException("the metadata log has a hole: " + segment.getFileName() + " does not begin at offset " + next);
            }
            bytes = reader.segment(segment, next);
            next = reader.next;
        }
        if (next < reader.covered) {
            // A follower that fetched a snapshot drops its log and begins again after the snapshot.
            segments = List.of();
            next = reader.covered;
        }
        return new MetadataLog(snapshot, List.copyOf(segments), bytes, next, reader.epoch, reader.written, reader.voters);
    }

    /** Adds a record that names voters, in an unused later epoch. */
    void append(Path directory, int laterEpoch, VotersRecord changed) throws IOException {
        ObjectSerializationCache cache = new ObjectSerializationCache();
        ByteBuffer value = ByteBuffer.allocate(changed.size(cache, VOTERS_VERSION));
        changed.write(new ByteBufferAccessor(value), cache, VOTERS_VERSION);
        ByteBuffer batch = RecordBatch.control(end, laterEpoch, System.currentTimeMillis(), RecordBatch.VOTERS, value.array());
        Path last = segments.isEmpty() ? directory.resolve(String.format("%020d.log", end)) : directory.resolve(segments.get(segments.size() - 1).getFileName());
        try (FileChannel file = FileChannel.open(last, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            while (batch.hasRemaining()) {
                file.write(batch);
            }
            file.force(true);
        }
    }

    private static List<Path> named(Path directory, Pattern pattern) throws IOException {
        List<Path> found = new ArrayList<>();
        try (var files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                if (pattern.matcher(file.getFileName().toString()).matches()) {
                    found.add(file);
                }
            }
        }
        found.sort(null);
        return found;
    }

    private static long offsetOf(Path file) {
        return Long.parseLong(file.getFileName().toString().substring(0, 20));
    }

    /** Reads the batches of a snapshot and of the following segments. */
    private static final class Reader {
        /** First offset after the snapshot. */
        private long covered;

        private long next;
        private int epoch;
        private long written;
        private VotersRecord voters;

        private void snapshot(Path file) throws IOException {
            Matcher name = SNAPSHOT.matcher(file.getFileName().toString());
            if (!name.matches()) {
                throw new IOException(file + " is no snapshot");
            }
            covered = Long.parseLong(name.group(1));
            epoch = Integer.parseInt(name.group(2));
            ByteBuffer content = RecordBatch.content(file);
            while (content.hasRemaining()) {
                RecordBatch batch = RecordBatch.next(content);
                if (batch == null) {
                    throw new IOException("the snapshot " + file.getFileName() + " is damaged");
                }
                remember(batch);
            }
        }

        /** @return the size of its complete batches, in bytes. */
        private long segment(Path file, long from) throws IOException {
            ByteBuffer content = RecordBatch.content(file);
            next = from;
            int whole = 0;
            for (RecordBatch batch; content.hasRemaining() && (batch = RecordBatch.next(content)) != null; whole = content.position()) {
                if (batch.offset() != next) {
                    throw new IOException("the metadata log has a hole: there is no offset " + next + " in " + file.getFileName());
                }
                next = batch.last() + 1;
                if (batch.last() < covered) {
                    continue;
                }
                epoch = batch.epoch();
                written = batch.written();
                remember(batch);
            }
            return whole;
        }

        private void remember(RecordBatch batch) {
            for (ByteBuffer value : batch.controlValues(RecordBatch.VOTERS)) {
                voters = new VotersRecord(new ByteBufferAccessor(value), VOTERS_VERSION);
            }
        }
    }
}
