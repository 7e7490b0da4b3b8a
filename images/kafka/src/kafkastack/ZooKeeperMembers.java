package kafkastack;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The members of an ensemble: a version (0 for the founding members, else the zxid of their last change) and, by server id, ZooKeeper's text after
 * {@code server.N=}, such as {@code zookeeper-0.zookeeper:2888:3888:participant;2181}.
 */
record ZooKeeperMembers(long version, Map<Integer, String> servers) {
    private static final String SERVER = "server.";
    private static final String VERSION = "version=";
    private static final String OBSERVER = ":observer;2181";

    /** Reads {@code server.N=} lines, and the version in a {@code version=} line if there is one; ignores other lines. */
    static ZooKeeperMembers parse(List<String> lines, long version) {
        Map<Integer, String> servers = new TreeMap<>();
        long read = version;
        for (String line : lines) {
            int equals = line.indexOf('=');
            if (line.startsWith(SERVER) && equals > 0) {
                servers.put(Integer.parseInt(line.substring(SERVER.length(), equals)), line.substring(equals + 1).trim());
            } else if (line.startsWith(VERSION)) {
                read = Long.parseLong(line.substring(VERSION.length()).trim(), 16);
            }
        }
        return new ZooKeeperMembers(read, servers);
    }

    /**
     * Adds this server. If it is not a member, it comes without a vote, and the version becomes 0. The leader's list, which lacks this server, then
     * replaces this one; only so does the server become a follower that counts as caught up when it is added. {@code own} is its line in the stack's
     * list.
     */
    ZooKeeperMembers including(int id, String own) {
        if (servers.containsKey(id)) {
            return this;
        }
        Map<Integer, String> all = new TreeMap<>(servers);
        all.values().removeIf(server -> server.contains(":observer"));
        all.put(id, own.replaceFirst("(:participant)?;.*$", "") + OBSERVER);
        return new ZooKeeperMembers(0, all);
    }

    /** Host name of a server. */
    String host(int id) {
        return servers.get(id).replaceFirst(":.*$", "");
    }

    /** The lines of ZooKeeper's own file; its name contains the version. */
    String lines() {
        return servers.entrySet().stream().map(server -> SERVER + server.getKey() + "=" + server.getValue() + "\n").collect(Collectors.joining());
    }

    /** The input of {@link #parse}. */
    String report() {
        return VERSION + Long.toHexString(version) + "\n" + lines();
    }
}
