package kafkastack;

import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/**
 * Whether all servers can be restarted one after the other now. A StatefulSet restarts the highest ordinal first, and goes on once that server is
 * ready again. A missing server is therefore no obstacle when it is the first in that order. Otherwise the roll would restart servers before it that
 * the cluster cannot do without.
 *
 * <p>Usage: {@code RestartCheck <host:port> <seconds>}. Waits that long for servers that are on their way. When every address refuses connections, or
 * the name has none while the name server knows others, no server runs: a restart takes nothing away, and may be the repair. Silence does not mean that.
 */
public final class RestartCheck {
    private static final int FIRST_CONTROLLER = 9000;
    private static final long CAUGHT_UP_MS = 10_000;
    private static final int ANSWER_S = 15;

    /** Restarting servers are back, or at least listen, within this time. */
    private static final Duration DOWN = Duration.ofSeconds(60);

    private RestartCheck() {}

    /** A partition or the quorum: its members, those in sync, and the required number. */
    record Group(String name, Collection<Integer> members, Collection<Integer> inSync, int needed, String what) {}

    public static void main(String[] args) throws Exception {
        String address = args[0];
        Instant deadline = Instant.now().plusSeconds(Long.parseLong(args[1]));
        Instant refusing = null;
        String said = null;
        while (true) {
            String wrong;
            try {
                // A client retries refused connections, and does not report them as such.
                if (nobodyListens(address)) {
                    refusing = refusing == null ? Instant.now() : refusing;
                    if (Instant.now().isAfter(refusing.plus(DOWN))) {
                        end("no server runs, so a restart takes nothing away");
                    }
                    wrong = "no server listens at " + address + ".";
                } else {
                    refusing = null;
                    wrong = wrong(look(address));
                }
            } catch (UnknownHostException e) {
                if (isFirstStart()) {
                    end("this is the first start of the servers, so there is nothing to check");
                }
                // Pods have an address while they start and when they fail. A name server that answers for others, and knows none of them, says that there are none.
                refusing = !nameServerAnswers() ? null : refusing == null ? Instant.now() : refusing;
                if (refusing != null && Instant.now().isAfter(refusing.plus(DOWN))) {
                    end("no server has an address, so a restart takes nothing away");
                }
                wrong = "the name " + address + " has no address, or cannot be looked up, so nobody says whether servers run.";
            } catch (Exception e) {
                wrong = "the cluster does not say whether it can spare servers: " + cause(e);
            }
            if (wrong == null) {
                end("every server can be restarted");
            }
            if (Instant.now().isAfter(deadline)) {
                System.err.println("kafka-stack: no server was restarted, because this change restarts the servers, and " + wrong + " " + ADVICE);
                System.exit(1);
            }
            if (!wrong.equals(said)) {
                System.err.println("kafka-stack: waiting: " + wrong);
                said = wrong;
            }
            Thread.sleep(1_000);
        }
    }

    private static final String ADVICE = "Repair what is missing first: `kubectl logs` of that pod, with --previous, says why it does not run. If this change is the repair, set"
            + " operations.restartBesideMissing to true; writers may then be interrupted until the roll reaches that pod. `kubectl delete pod` makes that sooner once the roll has begun.";

    /** Whether the cluster's name server knows a name that every cluster has. */
    private static boolean nameServerAnswers() {
        try {
            return InetAddress.getAllByName("kubernetes.default.svc").length > 0;
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** Whether no earlier update has left a configuration of servers. It is there from before the servers first start. */
    private static boolean isFirstStart() {
        return !Files.exists(Path.of(System.getenv().getOrDefault("KAFKA_STACK_CONFIG_DIR", "/etc/kafka"), "server.properties"));
    }

    /** What would suffer, or null. */
    static String wrong(List<Group> groups) {
        TreeSet<Integer> absent = new TreeSet<>();
        String example = null;
        for (Group group : groups) {
            List<Integer> out = new ArrayList<>(group.members());
            out.removeAll(group.inSync());
            for (int server : group.inSync()) {
                // Higher ordinals restart earlier, and are in sync again by then.
                List<Integer> left = out.stream().filter(other -> other < server).toList();
                // A group without a member to spare is interrupted by each restart, whoever is missing.
                boolean spare = group.members().size() > group.needed();
                if (!left.isEmpty() && spare && group.inSync().size() <= group.needed()) {
                    absent.addAll(left);
                    example = example == null ? "restarting " + pod(server) + " would leave " + group.name() + " " + (group.inSync().size() - 1) + " of the " + group.needed() + " " + group.what() + " that it needs" : example;
                }
            }
        }
        return example == null ? null : String.join(", ", absent.stream().map(RestartCheck::pod).toList()) + (absent.size() == 1 ? " is" : " are") + " missing or not in sync: " + example + ".";
    }

    private static String pod(int id) {
        return id < FIRST_CONTROLLER ? "broker-" + id : "controller-" + (id - FIRST_CONTROLLER);
    }

    private static List<Group> look(String address) throws Exception {
        try (Admin admin = Admin.create(settings(address))) {
            return look(admin);
        }
    }

    private static List<Group> look(Admin admin) throws Exception {
        List<Group> groups = new ArrayList<>();
        // Read before the topics; moves that begin in between are found in the next round.
        Moves moves = Moves.ask(admin, ANSWER_S);
        var names = admin.listTopics(new ListTopicsOptions().listInternal(true)).names().get(ANSWER_S, TimeUnit.SECONDS);
        var topics = admin.describeTopics(names).allTopicNames().get(ANSWER_S, TimeUnit.SECONDS).values();
        var asked = topics.stream().map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic.name())).toList();
        var configs = admin.describeConfigs(asked).all().get(ANSWER_S, TimeUnit.SECONDS);
        for (TopicDescription topic : topics) {
            int needed = Integer.parseInt(configs.get(new ConfigResource(ConfigResource.Type.TOPIC, topic.name())).get("min.insync.replicas").value());
            for (TopicPartitionInfo partition : topic.partitions()) {
                List<Integer> members = ids(moves.members(topic.name(), partition));
                groups.add(new Group(topic.name() + "-" + partition.partition(), members, ids(partition.isr()), needed, "in-sync replicas"));
            }
        }
        try {
            groups.add(quorum(admin.describeMetadataQuorum().quorumInfo().get(ANSWER_S, TimeUnit.SECONDS)));
        } catch (ExecutionException e) {
            // With ZooKeeper there is no quorum.
            if (!(e.getCause() instanceof UnsupportedVersionException)) {
                throw e;
            }
        }
        return groups;
    }

    private static Group quorum(QuorumInfo quorum) {
        long now = quorum.voters().stream().mapToLong(voter -> voter.lastFetchTimestamp().orElse(0)).max().orElse(0);
        List<Integer> voters = quorum.voters().stream().map(QuorumInfo.ReplicaState::replicaId).toList();
        List<Integer> working = quorum.voters().stream()
                .filter(voter -> voter.replicaId() == quorum.leaderId() || (voter.lastCaughtUpTimestamp().isPresent() && now - voter.lastCaughtUpTimestamp().getAsLong() <= CAUGHT_UP_MS))
                .map(QuorumInfo.ReplicaState::replicaId)
                .toList();
        return new Group("the quorum", voters, working, voters.size() / 2 + 1, "controllers");
    }

    private static List<Integer> ids(List<Node> nodes) {
        return nodes.stream().map(Node::id).toList();
    }

    private static Map<String, Object> settings(String address) {
        return Tls.with(Map.of("bootstrap.servers", address, "client.id", "restart-check", "enable.metrics.push", "false", "default.api.timeout.ms", "10000", "request.timeout.ms", "5000"));
    }

    /** Whether every address of the name refuses connections: the machines are there, and Kafka does not run on them. */
    private static boolean nobodyListens(String address) throws UnknownHostException {
        int colon = address.lastIndexOf(':');
        int port = Integer.parseInt(address.substring(colon + 1));
        for (InetAddress each : InetAddress.getAllByName(address.substring(0, colon))) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(each, port), 3_000);
                return false;
            } catch (ConnectException e) {
                // Refused; a time-out is another exception.
            } catch (Exception e) {
                return false;
            }
        }
        return true;
    }

    private static String cause(Exception e) {
        Throwable inner = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
        return (inner.getMessage() == null ? inner.getClass().getSimpleName() : inner.getMessage()) + ".";
    }

    private static void end(String why) {
        System.err.println("kafka-stack: " + why);
        System.exit(0);
    }
}
