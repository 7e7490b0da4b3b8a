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
 * Repairs a disk from which Kafka can never start: the server died after it wrote down its leader and before it received the records that name this
 * leader as a voter. Kafka then starts with a leader and no address for it, asks the quorum, and ends with {@code Expected to be Follower} when the
 * leader itself answers. With a single controller this happens at every start.
 *
 * <p>The server forgets the leader, and learns it again from the quorum. It keeps the epoch, and records the leader as its vote, so that a controller
 * votes for nobody else in this epoch. The metadata stays untouched.
 */
final class LeaderElsewhere {
    private static final String STATE = "quorum-state";
    private static final Pattern LEADER = Pattern.compile("\"leaderId\":(\\d+)");
    private static final String NO_LEADER = "\"leaderId\":-1";
    private static final Pattern VOTE = Pattern.compile("\"votedId\":-?\\d+");

    private LeaderElsewhere() {}

    /**
     * @param metadata directory of the metadata log.
     * @param node this server. It never forgets that it led itself, because Kafka can start from that and ensures that an epoch has only one leader.
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
        System.err.println("kafka-stack: node " + leader + " leads the quorum, but the metadata on this disk does not reach that far: asking again who leads");
    }

    /** Whether the metadata names the node as a voter. Kafka reports unreadable metadata itself. */
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
