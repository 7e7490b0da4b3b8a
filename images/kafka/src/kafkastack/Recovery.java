package kafkastack;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.VotersRecord;

/**
 * The part of {@code recover-quorum} that runs inside servers: brings another server's copy of the metadata log to a controller that has lost its
 * own. It needs the right to run commands in pods, and the network offers none of it, because the metadata contains password verifiers.
 *
 * <p>{@code survey}: prints the state of the disk, {@code key=value} a line.
 *
 * <p>{@code export}: writes the metadata log to standard output.
 *
 * <p>{@code stage BYTES END EPOCH DIRECTORY ID:DIRECTORY,…}: reads such a copy, with this size and end offset, from standard input. Stores it beside
 * the log directory, with these voters in a later epoch and the id of this controller's directory. The server's next start installs it: see {@link
 * #install}.
 *
 * <p>{@code discard}: removes a staged copy. Refuses while one is being installed, which is not undone.
 */
final class Recovery {
    private static final String META = "meta.properties";
    private static final String QUORUM_STATE = "quorum-state";
    private static final String EPOCHS = "leader-epoch-checkpoint";
    /** A copy staged for a disk that has changed since. */
    private static final String STALE = "recovery.stale-";
    /** The file in a staged copy with the disk's state at that time. */
    private static final String REPLACES = "replaces";
    private static final String BEFORE = "before-recovery-";
    /** Copied beside segments and snapshots; Kafka rebuilds indexes. */
    private static final List<String> COPIED = List.of(EPOCHS, "partition.metadata");

    private final Path log;
    private final Path volume;
    private final StagedCopy stagedCopy;

    /** @param log the log directory with the metadata; the staged copy is beside it. */
    Recovery(Path log) {
        this.log = log;
        this.volume = log.toAbsolutePath().getParent();
        this.stagedCopy = StagedCopy.of(volume);
    }

    public static void main(String[] args) throws IOException {
        String first = System.getenv("KAFKA_DATA_DIRS").split(",")[0];
        Recovery recovery = new Recovery(Path.of(first, "log"));
        try {
            switch (args[0]) {
                case "survey" -> recovery.survey();
                case "export" -> recovery.export(System.out);
                case "stage" -> {
                    recovery.stage(new First(System.in, Long.parseLong(args[1])), Long.parseLong(args[2]), Integer.parseInt(args[3]), args[4], args[5]);
                    System.out.println("staged");
                }
                case "discard" -> recovery.stagedCopy.discard();
                default -> throw new IOException("no such command: " + args[0]);
            }
        } catch (IOException refusal) {
            System.err.println("kafka-stack: " + refusal.getMessage());
            System.exit(1);
        }
    }

    /**
     * Installs a staged copy. The former metadata is moved aside and never deleted. The installation can be interrupted at any point and repeated. A
     * disk whose metadata has changed since the staging belongs to a live quorum, so the copy is moved aside instead.
     */
    void install() throws IOException {
        Path waiting = stagedCopy.staged();
        Path staged = stagedCopy.taken();
        if (!Files.exists(staged)) {
            if (!Files.exists(waiting)) {
                return;
            }
            if (!Files.readString(waiting.resolve(REPLACES)).equals(state())) {
                Files.move(waiting, volume.resolve(STALE + System.currentTimeMillis()), StandardCopyOption.ATOMIC_MOVE);
                System.err.println("kafka-stack: a staged copy of the metadata is not installed: the metadata on this disk has changed since");
                return;
            }
            Files.move(waiting, staged, StandardCopyOption.ATOMIC_MOVE);
        }
        Path copy = staged.resolve(MetadataLog.DIRECTORY);
        Path metadata = log.resolve(MetadataLog.DIRECTORY);
        Files.createDirectories(log);
        if (Files.exists(copy)) {
            if (Files.exists(metadata)) {
                Path aside = Files.createDirectory(volume.resolve(BEFORE + System.currentTimeMillis()));
                Files.move(metadata, aside.resolve(MetadataLog.DIRECTORY), StandardCopyOption.ATOMIC_MOVE);
            }
            Files.move(copy, metadata, StandardCopyOption.ATOMIC_MOVE);
        }
        if (Files.exists(staged.resolve(META))) {
            Files.move(staged.resolve(META), log.resolve(META), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
        StagedCopy.delete(staged);
        System.err.println("kafka-stack: the metadata is recovered from the copy of another server");
    }

    /** A digest of the disk's state. */
    private String state() throws IOException {
        Path directory = log.resolve(MetadataLog.DIRECTORY);
        String id = formatted().getProperty("directory.id", "");
        if (!Files.isDirectory(directory)) {
            return id + " without metadata";
        }
        MetadataLog metadata = MetadataLog.read(directory);
        return id + " " + metadata.end() + " " + metadata.epoch();
    }

    private void survey() throws IOException {
        Map<String, Object> found = new TreeMap<>();
        KafkaDisk.State state = new KafkaDisk(Stream.of(System.getenv("KAFKA_DATA_DIRS").split(",")).map(dir -> Path.of(dir, "log")).toList()).read();
        found.put("knows", state.knows().word());
        found.put("epoch", state.epoch());
        found.put("directory", formatted().getProperty("directory.id", ""));
        Path directory = log.resolve(MetadataLog.DIRECTORY);
        if (Files.isDirectory(directory)) {
            MetadataLog metadata = MetadataLog.read(directory);
            found.put("end", metadata.end());
            found.put("endEpoch", metadata.epoch());
            found.put("written", metadata.written());
            if (metadata.voters() != null) {
                found.put("voters", String.join(",", metadata.voters().voters().stream().map(voter -> voter.voterId() + ":" + voter.voterDirectoryId()).toList()));
            }
        }
        found.forEach((key, value) -> System.out.println(key + "=" + value));
    }

    private void export(OutputStream to) throws IOException {
        Path directory = log.resolve(MetadataLog.DIRECTORY);
        MetadataLog metadata = MetadataLog.read(directory);
        List<Path> files = new ArrayList<>(metadata.segments());
        if (metadata.snapshot() != null) {
            files.add(metadata.snapshot());
        }
        COPIED.stream().map(directory::resolve).filter(Files::exists).forEach(files::add);
        Path last = metadata.segments().isEmpty() ? null : metadata.segments().get(metadata.segments().size() - 1);
        try (ZipOutputStream zip = new ZipOutputStream(to)) {
            for (Path file : files) {
                zip.putNextEntry(new ZipEntry(file.getFileName().toString()));
                try (InputStream content = Files.newInputStream(file)) {
                    if (file.equals(last)) {
                        copy(content, zip, metadata.bytes());
                    } else {
                        content.transferTo(zip);
                    }
                }
                zip.closeEntry();
            }
        }
    }

    private static void copy(InputStream from, OutputStream to, long bytes) throws IOException {
        byte[] buffer = new byte[1 << 16];
        for (long left = bytes; left > 0; ) {
            int read = from.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (read < 0) {
                throw new IOException("the metadata log became shorter while it was copied");
            }
            to.write(buffer, 0, read);
            left -= read;
        }
    }

    private void stage(InputStream from, long end, int epoch, String directoryId, String voters) throws IOException {
        Path partial = stagedCopy.partial();
        StagedCopy.delete(partial);
        Path directory = Files.createDirectories(partial.resolve(MetadataLog.DIRECTORY));
        ZipInputStream zip = new ZipInputStream(new BufferedInputStream(from));
        for (ZipEntry entry; (entry = zip.getNextEntry()) != null; ) {
            Files.copy(zip, directory.resolve(Path.of(entry.getName()).getFileName()));
        }
        MetadataLog metadata = MetadataLog.read(directory);
        if (metadata.end() != end) {
            throw new IOException("the copy of the metadata ends at offset " + metadata.end() + " and not at " + end + ": it did not arrive whole, or has changed");
        }
        VotersRecord changed = with(metadata.voters(), voters);
        if (!changed.equals(metadata.voters())) {
            metadata.append(directory, epoch, changed);
            Path epochs = directory.resolve(EPOCHS);
            Files.deleteIfExists(epochs); // rebuilt from the records
        }
        String formatted = formatted().getProperty("directory.id", directoryId);
        if (!formatted.equals(directoryId)) {
            throw new IOException("the copy is for a disk with the directory " + directoryId + ", and this disk has " + formatted
                    + " by now: its voter would be unknown to the others. Nothing was staged; give the command again, which asks every server anew");
        }
        Files.writeString(directory.resolve(QUORUM_STATE), "{\"leaderId\":-1,\"leaderEpoch\":" + epoch + ",\"votedId\":-1,\"votedDirectoryId\":\"" + Uuid.ZERO_UUID + "\",\"data_version\":1}");
        if (!Files.exists(log.resolve(META))) {
            int node = Integer.parseInt(System.getenv("KAFKA_NODE_ID_BASE")) + Integer.parseInt(System.getenv("POD_NAME").replaceFirst(".*-", ""));
            Files.writeString(partial.resolve(META), "version=1\ncluster.id=" + System.getenv("KAFKA_CLUSTER_ID") + "\nnode.id=" + node + "\ndirectory.id=" + directoryId + "\n");
        }
        Files.writeString(partial.resolve(REPLACES), state());
        StagedCopy.delete(stagedCopy.staged());
        Files.move(partial, stagedCopy.staged(), StandardCopyOption.ATOMIC_MOVE);
    }

    /** The same voters with other directories. */
    private static VotersRecord with(VotersRecord voters, String directories) throws IOException {
        if (voters == null) {
            throw new IOException("the copy of the metadata names no voters");
        }
        Map<Integer, Uuid> ids = new TreeMap<>();
        for (String each : directories.split(",")) {
            ids.put(Integer.parseInt(each.substring(0, each.indexOf(':'))), Uuid.fromString(each.substring(each.indexOf(':') + 1)));
        }
        VotersRecord changed = voters.duplicate();
        for (VotersRecord.Voter voter : changed.voters()) {
            Uuid id = ids.remove(voter.voterId());
            if (id == null) {
                throw new IOException("the copy of the metadata has the voter " + voter.voterId() + ", which got no directory");
            }
            voter.setVoterDirectoryId(id);
        }
        if (!ids.isEmpty()) {
            throw new IOException("the copy of the metadata does not have the voters " + ids.keySet());
        }
        return changed;
    }

    private Properties formatted() throws IOException {
        Properties properties = new Properties();
        try (InputStream meta = Files.newInputStream(log.resolve(META))) {
            properties.load(meta);
        } catch (NoSuchFileException e) {
            // not formatted
        }
        return properties;
    }

    /**
     * Reads the first bytes of an endless stream: the connection that brings a copy is not closed in one direction, and archive readers read ahead.
     */
    private static final class First extends FilterInputStream {
        private long left;

        First(InputStream in, long bytes) {
            super(in);
            this.left = bytes;
        }

        @Override
        public int read() throws IOException {
            int value = left == 0 ? -1 : super.read();
            left -= value < 0 ? 0 : 1;
            return value;
        }

        @Override
        public int read(byte[] to, int from, int most) throws IOException {
            int read = left == 0 ? -1 : super.read(to, from, (int) Math.min(most, left));
            left -= Math.max(read, 0);
            return read;
        }

        @Override
        public int available() throws IOException {
            return (int) Math.min(super.available(), left);
        }
    }
}
