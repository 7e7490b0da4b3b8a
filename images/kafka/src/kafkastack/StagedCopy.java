package kafkastack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;

/**
 * Where a copy of the metadata lies beside the log directory until a start has installed it: see {@link Recovery}.
 *
 * @param staged a whole copy, which the next start takes.
 * @param taken a copy that a start has taken and not finished to install. Every start goes on with it before it looks for another.
 * @param partial a copy that is not whole: not yet staged, or no longer.
 */
record StagedCopy(Path staged, Path taken, Path partial) {
    static StagedCopy of(Path volume) {
        return new StagedCopy(volume.resolve("recovery"), volume.resolve("recovery.taken"), volume.resolve("recovery.partial"));
    }

    /**
     * Removes a staged copy: in one step, because a start at the same time must find all of it or nothing.
     *
     * @throws IOException when a start has taken a copy and not finished. Part of it is in place, which only a start completes, and it would come later than
     *         any copy that is staged now.
     */
    void discard() throws IOException {
        delete(partial);
        try {
            Files.move(staged, partial, StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException e) {
            // none is staged, or a start has just taken it
        }
        delete(partial);
        if (Files.exists(taken)) {
            throw new IOException("this server has begun to install the copy of an earlier recovery and has not finished (" + taken + "), and would put it in place of a newer copy. "
                    + "Nothing new was given to any server. Its next start goes on with it: restart it, or if its start fails, mend what its log says (such as a full disk). Then give the command again");
        }
    }

    /** Removes a folder with everything in it, if it is there. */
    static void delete(Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return;
        }
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.sorted((one, other) -> other.compareTo(one)).toList()) {
                Files.delete(file);
            }
        }
    }
}
