package kafkastack;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.regex.Pattern;

/**
 * Where a server's copies of partitions end. They are read from its disks, so it does not matter whether Kafka runs. A copy that is being deleted or
 * moved, or that Kafka has set aside, is in a directory with another name and is no copy.
 *
 * <p>Usage: {@code Copies PROPERTIES BYTES}, with the names of partitions on standard input, one a line, {@code BYTES} in all. Prints a line for each:
 * {@code chatroom-0 END EPOCH TOPIC-ID}, or {@code chatroom-0 none}, and at last {@code used} or {@code unused}: whether there is any partition. A disk
 * that cannot be read is an error, not an empty one.
 *
 * @param directories the log directories.
 */
record Copies(List<Path> directories) {
    private static final Pattern SEGMENT = Pattern.compile("\\d{20}\\.log");
    private static final Pattern OTHERS = Pattern.compile("(?!__cluster_metadata-0$|lost\\+found$).+");
    private static final String EPOCHS = "leader-epoch-checkpoint";
    private static final String IDENTITY = "partition.metadata";

    /** A copy has no record, or does not say its topic. */
    private static final int NO_EPOCH = -1;
    private static final String NO_TOPIC = "-";

    /**
     * A copy of a partition.
     *
     * @param end offset after its last complete batch.
     * @param epoch leader epoch of its last record; -1 when it never had one. Of two copies, the one with the later epoch has more; with equal epochs,
     *     the one with the later end.
     * @param topic id of its topic; {@code -} when it does not say. A topic of the same name that was deleted had another one.
     */
    record Copy(long end, int epoch, String topic) {}

    public static void main(String[] args) throws IOException {
        try {
            Copies copies = new Copies(Arrays.stream(load(Path.of(args[0])).getProperty("log.dirs").split(",")).map(Path::of).toList());
            String names = new String(System.in.readNBytes(Integer.parseInt(args[1])), StandardCharsets.UTF_8);
            for (String name : names.lines().toList()) {
                Copy copy = copies.of(name);
                System.out.println(name + " " + (copy == null ? "none" : copy.end() + " " + copy.epoch() + " " + copy.topic()));
            }
            System.out.println(copies.used() ? "used" : "unused");
        } catch (IOException e) {
            System.err.println("kafka-stack: the disk cannot be read: " + e);
            System.exit(1);
        }
    }

    static Properties load(Path file) throws IOException {
        Properties properties = new Properties();
        try (var reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        return properties;
    }

    /**
     * Reads the copy of a partition.
     *
     * @return null when no directory has one.
     * @throws IOException when a directory cannot be read: then nobody knows what it has.
     */
    Copy of(String partition) throws IOException {
        List<Path> found = new ArrayList<>();
        for (Path directory : directories) {
            found.addAll(named(directory, Pattern.compile(Pattern.quote(partition))));
        }
        if (found.size() > 1) {
            throw new IOException("there are two copies of " + partition + ": " + found);
        }
        return found.isEmpty() ? null : read(found.get(0));
    }

    /** Whether there is a directory that is none of the metadata. */
    private boolean used() throws IOException {
        for (Path directory : directories) {
            if (named(directory, OTHERS).stream().anyMatch(Files::isDirectory)) {
                return true;
            }
        }
        return false;
    }

    private static Copy read(Path directory) throws IOException {
        List<Path> segments = named(directory, SEGMENT);
        segments.sort(Comparator.reverseOrder());
        // The last segment is empty when it was just begun, and when retention has deleted all others.
        long end = segments.isEmpty() ? 0 : Long.parseLong(segments.get(0).getFileName().toString().substring(0, 20));
        for (Path segment : segments) {
            RecordBatch last = last(segment);
            if (last != null) {
                return new Copy(Math.max(end, last.last() + 1), last.epoch(), topic(directory));
            }
        }
        return new Copy(end, end == 0 ? NO_EPOCH : epochUntil(directory, end), topic(directory));
    }

    /** The last of the complete batches at the segment's beginning: what Kafka keeps when it recovers the log. */
    private static RecordBatch last(Path segment) throws IOException {
        ByteBuffer content = RecordBatch.content(segment);
        RecordBatch last = null;
        for (RecordBatch batch; content.hasRemaining() && (batch = RecordBatch.next(content)) != null; ) {
            last = batch;
        }
        return last;
    }

    /** The epoch of records that are deleted: Kafka keeps a list of epochs with the offset at which each begins, below its version and its length. */
    private static int epochUntil(Path directory, long end) throws IOException {
        int epoch = NO_EPOCH;
        for (String line : text(directory.resolve(EPOCHS)).lines().skip(2).toList()) {
            String[] words = line.split(" ");
            if (words.length == 2 && Long.parseLong(words[1]) <= end) {
                epoch = Integer.parseInt(words[0]);
            }
        }
        return epoch;
    }

    private static String topic(Path directory) throws IOException {
        return text(directory.resolve(IDENTITY)).lines().filter(line -> line.startsWith("topic_id: ")).map(line -> line.substring(10).trim()).findFirst().orElse(NO_TOPIC);
    }

    private static String text(Path file) throws IOException {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            return "";
        }
    }

    private static List<Path> named(Path directory, Pattern name) throws IOException {
        List<Path> found = new ArrayList<>();
        try (var files = Files.newDirectoryStream(directory, file -> name.matcher(file.getFileName().toString()).matches())) {
            files.forEach(found::add);
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return found;
    }
}
