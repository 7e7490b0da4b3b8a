package kafkastack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Decides with which members a server starts, and whether it may vote with an empty disk.
 *
 * <p>An empty server that votes can undo what others agreed on, because it may have lost its own part of an agreement. So it votes only when the
 * ensemble is founded: after <em>every</em> other server of the stack has answered that it has never met a leader. When one of them knows an
 * ensemble, the empty server joins that without a vote until it has copied the leader's data. ({@code db.autocreate=false} makes ZooKeeper enforce
 * this.)
 *
 * <p>Members change by ZooKeeper's own reconfiguration, which each server remembers on its disk. The list in the ConfigMap only says which servers to
 * ask, and which ones found. So a changed number of servers restarts none of them.
 */
final class ZooKeeperStart {
    /** The list of the stack's servers in the ConfigMap. */
    static final Path STACK = Path.of("/etc/kafka/members");

    private static final int PAUSE_MS = 500;
    private static final int SAY_EVERY = 20;

    private final ZooKeeperDisk disk;
    private final Path list;
    private final int healthPort;

    /**
     * @param list of the stack's servers.
     * @param healthPort port of the peers' health endpoints.
     */
    ZooKeeperStart(ZooKeeperDisk disk, Path list, int healthPort) {
        this.disk = disk;
        this.list = list;
        this.healthPort = healthPort;
    }

    /**
     * Waits until the decision is possible, and writes the configuration for the start.
     *
     * @param settings file with the settings that all servers share.
     * @return path of that configuration.
     */
    Path configure(Path settings) throws IOException, InterruptedException {
        int id = disk.id();
        ZooKeeperMembers stack = ZooKeeperMembers.parse(Files.readAllLines(list), 0);
        String own = stack.servers().get(id);
        if (own == null) {
            throw new IllegalStateException("server " + id + " is not among the servers in " + list + ": " + stack.servers().keySet());
        }
        ZooKeeperMembers members = disk.isEmpty() ? meet(id, stack) : disk.members().orElse(stack);
        return disk.configure(Files.readString(settings), members.including(id, own));
    }

    private ZooKeeperMembers meet(int id, ZooKeeperMembers stack) throws IOException, InterruptedException {
        List<Integer> others = stack.servers().keySet().stream().filter(other -> other != id).toList();
        for (int round = 0; ; round++) {
            int strangers = 0;
            ZooKeeperMembers known = null;
            for (int other : others) {
                List<String> answer = PeerAnswer.lines(stack.host(other), healthPort);
                Map<String, String> values = PeerAnswer.values(answer);
                long epoch = Long.parseLong(values.getOrDefault("epoch", "-1"));
                if (epoch > 0) {
                    ZooKeeperMembers members = ZooKeeperMembers.parse(answer, 0);
                    known = known == null || members.version() > known.version() ? members : known;
                } else if (epoch == 0 && String.valueOf(other).equals(values.get("server"))) {
                    // The address may belong to another server by now, whose answer does not count.
                    strangers++;
                }
            }
            if (known != null) {
                say("joining the ensemble of servers " + known.servers().keySet() + " with an empty disk");
                return known;
            }
            int missing = others.size() - strangers;
            if (missing == 0) {
                say("no server has met a leader yet: founding the ensemble");
                disk.allowEmpty();
                return stack;
            }
            if (round % SAY_EVERY == 0) {
                say("waiting for " + missing + " of " + others.size() + " other servers: one of them may know an ensemble that this empty disk must join");
            }
            Thread.sleep(PAUSE_MS);
        }
    }

    private static void say(String text) {
        System.err.println("kafka-stack: " + text);
    }
}
