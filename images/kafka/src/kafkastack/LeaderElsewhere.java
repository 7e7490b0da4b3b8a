package kafkastack;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Mends a disk that Kafka can never start from: one that was left between the moment when the server heard of its leader, which is written down at once, and the moment
 * when the records arrived that name this leader as a voter. Kafka starts from such a disk with a leader and no address of it, asks the quorum, and ends with
 * {@code Expected to be Follower} when the leader itself answers: each time, where there is one controller.
 *
 * <p>The server forgets who leads, and is told so again. It keeps the epoch, and notes the leader as the one that it has voted for, so that a controller votes for nobody
 * else in this epoch. Metadata is not touched.
 */
final class LeaderElsewhere {
    private static final String STATE = "quorum-state";
    private static final Pattern LEADER = Pattern.compile("\"leaderId\":(\\d+)");
    private static final String NO_LEADER = "\"leaderId\":-1";
    private static final Pattern VOTE = Pattern.compile("\"votedId\":-?\\d+");

    private LeaderElsewhere() {}

    /**
     * @param metadata directory of the metadata log.
     * @param node this server, which never forgets that it led itself: Kafka starts from that, and takes care that there are no two leaders of an epoch.
     */
    static void forget(Path metadata, int node) throws IOException {
        Path file = metadata.resolve(STATE);
        if (!Files.exists(file)) {
            return;
        }
        String state = Files.readString(file);
        Matcher found = LEADER.matcher(state);
        if (!found.find()) {
            return;
        }
        int leader = Integer.parseInt(found.group(1));
        if (leader == node || isVoter(leader, metadata)) {
            return;
        }
        replace(file, VOTE.matcher(found.replaceFirst(NO_LEADER)).replaceFirst("\"votedId\":" + leader));
        System.err.println("kafka-stack: node " + leader + " leads the quorum, but the metadata on this disk does not go so far: asking anew who leads");
    }

    /** Whether the metadata names it. What cannot be read is left to Kafka, which says what is wrong with it. */
    private static boolean isVoter(int node, Path metadata) {
        try {
            var voters = MetadataLog.read(metadata).voters();
            return voters != null && voters.voters().stream().anyMatch(voter -> voter.voterId() == node);
        } catch (IOException unreadable) {
            return true;
        }
    }

    private static void replace(Path file, String content) throws IOException {
        Path written = file.resolveSibling(STATE + ".mended");
        try (FileChannel channel = FileChannel.open(written, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
