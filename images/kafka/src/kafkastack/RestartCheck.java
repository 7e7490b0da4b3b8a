package kafkastack;

import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
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
 * Whether all servers may be restarted one after the other now. A StatefulSet restarts the server with the highest ordinal first, and goes on when it is ready again. So a server that is missing
 * is no obstacle when it is the first in that order; beside one that comes later, servers would be restarted that the cluster cannot do without.
 *
 * <p>Usage: {@code RestartCheck <host:port> <seconds>}. Waits so long for servers that are only on their way. A name without an address, or addresses that all refuse to be connected to, are servers
 * that do not run: there is nothing then that a restart could take away, and it may be what mends them. No answer at all is not that.
 */
public final class RestartCheck {
    private static final int FIRST_CONTROLLER = 9000;
    private static final long CAUGHT_UP_MS = 10_000;
    private static final int ANSWER_S = 15;

    /** Servers that only restart are back, or at least listen, within this time. */
    private static final Duration DOWN = Duration.ofSeconds(60);

    private RestartCheck() {}

    /** A partition, or the quorum: who belongs to it, who of them has everything, and how many must. */
    record Group(String name, Collection<Integer> members, Collection<Integer> inSync, int needed, String what) {}

    public static void main(String[] args) throws Exception {
        String address = args[0];
        Instant deadline = Instant.now().plusSeconds(Long.parseLong(args[1]));
        Instant refusing = null;
        String said = null;
        while (true) {
            String wrong;
            try {
                // A client takes a refused connection for one that will do later, and cannot say which it was.
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
                // A name server that does not answer is another matter than one that knows no address.
                if (!String.valueOf(e.getMessage()).contains("Temporary failure")) {
                    end("no server runs yet, so there is nothing to check");
                }
                wrong = "the name " + address + " cannot be looked up.";
            } catch (Exception e) {
                wrong = "the cluster does not say whether servers can be spared: " + cause(e);
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

    private static final String ADVICE = "Mend what is missing first: `kubectl logs` of that pod, with --previous, says why it does not run. If this change is what mends it, set"
            + " operations.restartBesideMissing to true; writers may be interrupted then until the roll has come to that pod, which `kubectl delete pod` brings forward once the roll has begun.";

    /** What would suffer, or null. */
    static String wrong(List<Group> groups) {
        TreeSet<Integer> absent = new TreeSet<>();
        String example = null;
        for (Group group : groups) {
            List<Integer> out = new ArrayList<>(group.members());
            out.removeAll(group.inSync());
            for (int server : group.inSync()) {
                // Those above are restarted before, and in sync again then.
                List<Integer> left = out.stream().filter(other -> other < server).toList();
                // With no member to spare there is an interruption at each restart, whoever is missing.
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
        // Before the topics: what begins to move in between is looked at again.
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
            // There is no quorum with ZooKeeper.
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

    /** Whether every address of the name refuses to be connected to: the machines are there, and nothing of Kafka runs on them. */
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
