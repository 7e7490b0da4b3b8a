package kafkastack;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What the log directories of a KRaft server tell about its past. They are read anew each time: Kafka writes an epoch to disk before it acts on it,
 * so the disk is right before Kafka starts, while it starts and while it runs.
 *
 * @param directories the log directories; the first holds the metadata log.
 */
record KafkaDisk(List<Path> directories) {
    private static final String FORMATTED = "meta.properties";
    private static final String METADATA = "__cluster_metadata-0";
    /** The file with the first voters, which formatting writes into a founder's metadata log. */
    private static final String FIRST_VOTERS = "00000000000000000000-0000000000.checkpoint";
    /** The files that formatting leaves in a log directory. */
    private static final Set<String> FORMATTING = Set.of(FORMATTED, "bootstrap.checkpoint", METADATA, "lost+found");
    /** The stack's own file in the directory of the metadata log: this controller has been a voter. Kafka reads only directories and its own files there. */
    private static final String VOTER = "voter";
    /** Suffix of a file that Kafka is about to rename: formatting takes seconds on a busy machine, and others ask meanwhile. */
    private static final String UNFINISHED = ".tmp";

    private static final Pattern EPOCH = Pattern.compile("\"leaderEpoch\":(\\d+)");
    private static final Pattern LEADER = Pattern.compile("\"leaderId\":(\\d+)");
    /** The directory of a partition's copy. */
    private static final Pattern COPY = Pattern.compile(".+-\\d+");
    /** A partition's directory, also one that is being deleted or moved, or that belongs to no topic any more. */
    private static final Pattern PARTITION = Pattern.compile(".+-\\d+(\\..+-(delete|future|stray))?");

    /** What the disks know, and the last epoch on them: 0 when there is none. */
    record State(Knows knows, long epoch) {}

    /** Whether the directory of the metadata log is formatted. */
    boolean metadataFormatted() {
        return Files.exists(metadata().resolve(FORMATTED));
    }

    /** Whether every directory is formatted. */
    boolean formatted() {
        return directories.stream().allMatch(directory -> Files.exists(directory.resolve(FORMATTED)));
    }

    /**
     * Whether this broker may have lost copies of partitions: a disk of it was never used or was emptied, or no disk has a partition. If the metadata is
     * still there, it says which partitions should be.
     */
    boolean mayHaveLostCopies(int broker) throws IOException {
        Set<String> present = partitions();
        if (formatted() && !present.isEmpty()) {
            return false;
        }
        if (!metadataFormatted()) {
            return true;
        }
        try {
            return !present.containsAll(KnownPartitions.read(metadata().resolve(METADATA)).of(broker));
        } catch (IOException e) {
            System.err.println("kafka-stack: cannot read which partitions this disk should have: " + e);
            return true;
        }
    }

    /** Whether the metadata log knows of topics. */
    boolean knowsTopics() throws IOException {
        return !KnownPartitions.read(metadata().resolve(METADATA)).none();
    }

    /** Names of the partitions that the disks have, such as {@code orders-0}; not those that are being deleted or are still being copied. */
    Set<String> partitions() throws IOException {
        Set<String> names = new HashSet<>();
        for (Path directory : directories) {
            any(directory, file -> {
                if (isPartition(file) && COPY.matcher(name(file)).matches()) {
                    names.add(name(file));
                }
                return false;
            });
        }
        return names;
    }

    /** The disk of the metadata alone, as a server that is only a controller uses it. */
    KafkaDisk ofController() {
        return new KafkaDisk(List.of(metadata()));
    }

    /** Records that this controller has been a voter with a metadata log. */
    void markVoter() throws IOException {
        Path mark = metadata().resolve(VOTER);
        if (!Files.exists(mark)) {
            Files.write(mark, new byte[0]);
        }
    }

    /**
     * Whether this disk has lost the records of a voter, and still has the identity by which the quorum knows it. A controller that was formatted and
     * never ran has no records either, but no vote that it could have forgotten.
     */
    boolean lostRecordsOfVoter() throws IOException {
        try {
            return metadataFormatted() && Files.exists(metadata().resolve(VOTER)) && !any(metadata().resolve(METADATA), KafkaDisk::hasRecords);
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    /** Whether any of the disks has a partition. */
    boolean hasPartitions() throws IOException {
        for (Path directory : directories) {
            if (any(directory, KafkaDisk::isPartition)) {
                return true;
            }
        }
        return false;
    }

    /** Deletes the identity by which the quorum knows this voter. What else is there still shows that the disk was used. */
    void forgetIdentity() throws IOException {
        Files.deleteIfExists(metadata().resolve(FORMATTED));
    }

    /** Makes the disk that of a controller that has not voted yet, before it is given a new identity. */
    void forgetVoter() throws IOException {
        Files.deleteIfExists(metadata().resolve(VOTER));
    }

    /** @throws IOException when a disk cannot be read: then its state is unknown, not empty. */
    State read() throws IOException {
        try {
            Path log = metadata().resolve(METADATA);
            String state = text(log.resolve("quorum-state"));
            long epoch = number(EPOCH, state);
            if (LEADER.matcher(state).find() || any(log, KafkaDisk::hasRecords)) {
                return new State(Knows.QUORUM, epoch);
            }
            if (hasPartitions()) {
                return new State(Knows.DATA, epoch);
            }
            for (Path directory : directories) {
                // Of two disks formatted together, the one without the metadata log was used once Kafka has written to it.
                if (!metadataFormatted() && any(directory, file -> !isOfFormatting(file))) {
                    return new State(Knows.DATA, epoch);
                }
            }
            return new State(epoch > 0 ? Knows.VOTE : Knows.NOTHING, epoch);
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    private Path metadata() {
        return directories.get(0);
    }

    private static boolean hasRecords(Path file) {
        String name = name(file);
        try {
            return (name.endsWith(".log") && Files.size(file) > 0) || (name.endsWith(".checkpoint") && !name.equals(FIRST_VOTERS));
        } catch (NoSuchFileException e) {
            return false; // a segment that was just deleted: there are later ones
        } catch (IOException e) {
            throw new DirectoryIteratorException(e);
        }
    }

    private static boolean isOfFormatting(Path file) {
        String name = name(file);
        return FORMATTING.contains(name.endsWith(UNFINISHED) ? name.substring(0, name.length() - UNFINISHED.length()) : name);
    }

    private static boolean isPartition(Path file) {
        return !name(file).equals(METADATA) && PARTITION.matcher(name(file)).matches() && Files.isDirectory(file);
    }

    private static boolean any(Path directory, Predicate<Path> matches) throws IOException {
        try (var files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                if (matches.test(file)) {
                    return true;
                }
            }
            return false;
        } catch (NoSuchFileException | NotDirectoryException e) {
            return false;
        }
    }

    private static String name(Path file) {
        return file.getFileName().toString();
    }

    private static String text(Path file) throws IOException {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            return "";
        }
    }

    private static long number(Pattern pattern, String text) {
        var found = pattern.matcher(text);
        return found.find() ? Long.parseLong(found.group(1)) : 0;
    }
}
