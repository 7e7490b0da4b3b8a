package kafkastack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/** A ZooKeeper server's data directory. */
final class ZooKeeperDisk {
    private static final String CONFIG = "zoo.cfg";
    private static final String POINTER = "dynamicConfigFile=";

    private final Path directory;

    ZooKeeperDisk(Path directory) {
        this.directory = directory;
    }

    /** The server's id in the ensemble, written by the entrypoint. */
    int id() {
        try {
            return Integer.parseInt(Files.readString(directory.resolve("myid")).trim());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether the server has no data: it is new, or lost its disk. */
    boolean isEmpty() throws IOException {
        Path data = directory.resolve("version-2");
        if (!Files.isDirectory(data)) {
            return true;
        }
        try (var files = Files.newDirectoryStream(data, "snapshot.*")) {
            return !files.iterator().hasNext();
        }
    }

    /** The last epoch that the server took part in: above 0 once it has met a leader. */
    long epoch() {
        return Math.max(Math.max(number("acceptedEpoch"), number("currentEpoch")), 0);
    }

    /** The server's last known ensemble members; none before its first start. */
    Optional<ZooKeeperMembers> members() {
        try {
            Path config = directory.resolve(CONFIG);
            if (!Files.exists(config)) {
                return Optional.empty();
            }
            for (String line : Files.readAllLines(config)) {
                if (line.startsWith(POINTER)) {
                    Path file = Path.of(line.substring(POINTER.length()).trim());
                    long version = Long.parseLong(file.toString().replaceFirst("^.*\\.", ""), 16);
                    return Optional.of(ZooKeeperMembers.parse(Files.readAllLines(file), version));
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lets the server vote although it has no data. ZooKeeper withdraws the permission once it has written its first snapshot. */
    void allowEmpty() throws IOException {
        Files.writeString(directory.resolve("initialize"), "");
    }

    /**
     * Writes the configuration for the start; the server rewrites it when members change.
     *
     * @param settings lines without members.
     * @return its path.
     */
    Path configure(String settings, ZooKeeperMembers members) throws IOException {
        // ZooKeeper reads the version from this form of file name.
        Path dynamic = directory.resolve(CONFIG + ".dynamic." + Long.toHexString(members.version()));
        replace(dynamic, members.lines());
        Path config = directory.resolve(CONFIG);
        replace(config, settings + POINTER + dynamic + "\n");
        return config;
    }

    private static void replace(Path file, String text) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".new");
        Files.write(next, List.of(text.stripTrailing()));
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private long number(String name) {
        try {
            return Long.parseLong(Files.readString(directory.resolve("version-2").resolve(name)).trim());
        } catch (NoSuchFileException e) {
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e); // an unreadable epoch is not 0
        }
    }
}
