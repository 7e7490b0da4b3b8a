package kafkastack;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.management.JMException;

/**
 * Answers questions of tests, one per line, so that many run in one JVM.
 *
 * <p>{@code decide ORDINAL fixed|dynamic dedicated|combined OWN CONTROLLERS BROKERS}, with a letter for each server: N, V, D, q, Q (the same,
 * following a leader and current), or - when it is silent; . for none. Answers {@code ACTION ready|unready TEXT}.
 *
 * <p>{@code disk DIRECTORY,DIRECTORY}. Answers {@code KNOWS EPOCH}, or {@code unknown}.
 *
 * <p>{@code copy PARTITION DIRECTORY,DIRECTORY}: where the copy of a partition ends. Answers {@code END EPOCH TOPIC-ID}, {@code none} or {@code unknown}.
 * <p>{@code append FILE OFFSET EPOCH} adds a batch with one record to a segment. Answers its size in bytes.
 *
 * <p>{@code serve PORT NODE CLUSTER DIRECTORY} starts the health endpoint of a waiting server. Answers {@code serving}. {@code told} answers how
 * often it was told to retire.
 *
 * <p>{@code zookeeper PORT PEER DIRECTORY LIST}: how a server with this directory and this list of servers starts, while PEER is the directory of
 * another one whose health endpoint is on the port. Answers {@code VERSION MEMBERS}, or {@code waiting} when it would not start within two seconds.
 *
 * <p>{@code last MILLISECONDS alone|among NAME …}: who needs the only controller this long after its request to stop, while these servers stop.
 * Answers who, or {@code null}. <p>{@code metrics PORT DIRECTORY CONFIG} starts the metrics of a server with Kafka's and ZooKeeper's beans. Answers
 * {@code serving}.
 *
 * <p>{@code format DIRECTORY CONFIG}: how a controller with this disk starts, with the number of the others in the folder CONFIG, none of which
 * answers. Answers {@code formatted}, what it waits for, or why it does not start.
 *
 * <p>{@code copies BROKER eligible|plain PRESENT PARTITION …}: whether a broker with these partitions on its disks may register; {@code .} for none, {@code
 * silent} instead of partitions when no broker answers, {@code none} when the quorum's leader says that there are no topics. A partition is {@code
 * NAME:LEADER:ISR:ELR:LAST}. Answers {@code begin|wait|refuse HELD TEXT}.
 *
 * <p>{@code lost BROKER DIRECTORY,DIRECTORY}: whether a broker with these disks may have lost copies.
 *
 * <p>{@code understand NODE CLUSTER KEY=VALUE …}: how a peer understands the lines of {@code /quorum}. Answers {@code KNOWS}, or {@code silent}.
 */
public final class Decisions {
    private static final AtomicInteger TOLD = new AtomicInteger();

    private Decisions() {}

    public static void main(String[] args) throws IOException {
        var lines = new BufferedReader(new InputStreamReader(System.in));
        StringBuilder answers = new StringBuilder();
        for (String line; (line = lines.readLine()) != null; ) {
            String[] words = line.split(" ");
            String answer = switch (words[0]) {
                case "disk" -> disk(words[1]);
                case "copy" -> copy(words);
                case "append" -> append(words);
                case "serve" -> serve(words);
                case "told" -> String.valueOf(TOLD.get());
                case "zookeeper" -> zookeeper(words);
                case "metrics" -> metrics(words);
                case "format" -> format(words);
                case "discard" -> discard(words[1]);
                case "understand" -> understand(words);
                case "last" -> last(words);
                case "copies" -> copies(words);
                case "lost" -> String.valueOf(disks(words[2]).mayHaveLostCopies(Integer.parseInt(words[1])));
                default -> decide(words);
            };
            answers.append(answer).append('\n');
            if (!lines.ready()) {
                System.out.print(answers);
                System.out.flush();
                answers.setLength(0);
            }
        }
    }

    private static String serve(String[] words) throws IOException {
        KafkaDisk disk = new KafkaDisk(List.of(Path.of(words[4])));
        Health kafka = new KafkaHealth(() -> "starting", () -> false, new Quorum(), disk, Integer.parseInt(words[2]), words[3]);
        HealthServer.start(Integer.parseInt(words[1]), kafka, Map.of("/retire", TOLD::incrementAndGet), new OrderKey(Path.of(words[5]), Integer.parseInt(words[2])));
        return "serving";
    }

    private static String metrics(String[] words) {
        try {
            FakeBeans.register();
        } catch (JMException e) {
            return e.toString();
        }
        VolumeMetrics volumes = new VolumeMetrics(List.of(Path.of(words[2]), Path.of(words[2], "gone")));
        StackMetrics stack = new StackMetrics(Path.of(words[3]), "brokers", "members", "controllers");
        Consumer<Exposition> fails = out -> {
            throw new IllegalStateException("a source that fails");
        };
        MetricsServer.start(Integer.parseInt(words[1]), List.of(fails, KafkaMetrics::add, ZooKeeperMetrics::add, stack::add, volumes::add, JvmMetrics::add));
        return "serving";
    }

    private static String zookeeper(String[] words) throws IOException {
        int port = Integer.parseInt(words[1]);
        HealthServer.start(port, new ZooKeeperHealth(new ZooKeeperDisk(Path.of(words[2]))));
        ZooKeeperDisk disk = new ZooKeeperDisk(Path.of(words[3]));
        Path settings = Files.createTempFile("zoo", ".cfg");
        AtomicReference<String> members = new AtomicReference<>("waiting");
        Thread start = new Thread(() -> {
            try {
                new ZooKeeperStart(disk, Path.of(words[4]), port).configure(settings);
                members.set(disk.members().orElseThrow().report().replace("\n", " ").trim());
            } catch (InterruptedException e) {
                // it waits
            } catch (IOException e) {
                members.set(e.toString());
            }
        });
        start.start();
        try {
            start.join(2_000);
            start.interrupt();
            start.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        Files.delete(settings);
        return members.get();
    }

    /** {@code discard VOLUME}: {@code discarded}, or why not. */
    private static String discard(String volume) {
        try {
            StagedCopy.of(Path.of(volume)).discard();
            return "discarded";
        } catch (IOException refusal) {
            return refusal.getMessage();
        }
    }

    private static String format(String[] words) {
        Peers peers = new Peers(Path.of(words[2]), "nowhere", "controller", 9000, 1, "cluster", 1);
        Hold hold = new Hold(Path.of(words[2], "server.properties"));
        Formatting formatting = new Formatting(new KafkaDisk(List.of(Path.of(words[1]))), Path.of(words[2], "server.properties"), "cluster", true, peers, hold, null);
        AtomicReference<String> end = new AtomicReference<>();
        Thread start = new Thread(() -> {
            try {
                formatting.run();
                end.set("formatted");
            } catch (InterruptedException e) {
                // it waits
            } catch (IOException | IllegalStateException e) {
                end.set(e.getMessage());
            }
        });
        start.start();
        try {
            while (start.isAlive() && hold.reason() == null) {
                start.join(10);
            }
            String waiting = hold.reason();
            start.interrupt();
            start.join();
            return end.get() == null ? waiting : end.get();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String last(String[] words) {
        AtomicReference<List<String>> stopping = new AtomicReference<>(words[2].equals("alone") ? null : List.of());
        LastToLeave last = new LastToLeave(stopping::get);
        last.needed();
        try {
            Thread.sleep(Long.parseLong(words[1]));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        if (words.length > 3) {
            stopping.set(Arrays.asList(words).subList(3, words.length));
        }
        return String.valueOf(last.needed());
    }

    private static String understand(String[] words) {
        var values = PeerAnswer.values(Arrays.asList(words).subList(3, words.length));
        Knows knows = peers(words[2]).understand("peer", Integer.parseInt(words[1]), values).knows();
        return knows == null ? "silent" : knows.name();
    }

    private static Peers peers(String clusterId) {
        return new Peers(Path.of("."), "kafka", "broker", 0, 0, clusterId, 0);
    }

    private static String copies(String[] words) {
        List<String> given = Arrays.asList(words).subList(4, words.length);
        boolean silent = given.equals(List.of("silent")) || given.equals(List.of("none"));
        var partitions = silent ? null : given.stream().map(Decisions::partition).toList();
        var decision = LostCopies.decide(
                Integer.parseInt(words[1]), ids(words[3], word -> word), new LostCopies.Answer(partitions, words[2].equals("eligible"), given.equals(List.of("none"))));
        return (decision.begin() ? "begin" : decision.refuse() ? "refuse" : "wait") + " " + decision.held() + " " + decision.text();
    }

    private static LostCopies.Partition partition(String word) {
        String[] parts = word.split(":");
        return new LostCopies.Partition(parts[0], Integer.parseInt(parts[1]), ids(parts[2], Integer::valueOf), ids(parts[3], Integer::valueOf), ids(parts[4], Integer::valueOf));
    }

    private static <T> Set<T> ids(String list, Function<String, T> read) {
        return list.equals(".") ? Set.of() : Arrays.stream(list.split(",")).map(read).collect(Collectors.toSet());
    }

    private static KafkaDisk disks(String directories) {
        return new KafkaDisk(Arrays.stream(directories.split(",")).map(Path::of).toList());
    }

    private static String disk(String directories) {
        try {
            KafkaDisk.State state = disks(directories).read();
            return state.knows() + " " + state.epoch();
        } catch (IOException e) {
            return "unknown";
        }
    }

    private static String copy(String[] words) {
        try {
            Copies.Copy copy = new Copies(Arrays.stream(words[2].split(",")).map(Path::of).toList()).of(words[1]);
            return copy == null ? "none" : copy.end() + " " + copy.epoch() + " " + copy.topic();
        } catch (IOException e) {
            return "unknown";
        }
    }

    private static String append(String[] words) throws IOException {
        byte[] batch = RecordBatch.control(Long.parseLong(words[2]), Integer.parseInt(words[3]), 1, RecordBatch.VOTERS, new byte[20]).array();
        Files.write(Path.of(words[1]), batch, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        return String.valueOf(batch.length);
    }

    private static String decide(String[] words) {
        int ordinal = Integer.parseInt(words[1]);
        var decision = Founding.decide(new Founding.Situation(
                ordinal, words[2].equals("fixed"), words[3].equals("dedicated"), knows(words[4].charAt(0)), servers("c", words[5]), servers("b", words[6])));
        return decision.action() + " " + (decision.ready() ? "ready" : "unready") + " " + decision.text();
    }

    private static List<Founding.Server> servers(String name, String letters) {
        return letters.equals(".") ? List.of() : IntStream.range(0, letters.length()).mapToObj(i -> new Founding.Server(name + i, knows(letters.charAt(i)), letters.charAt(i) == 'Q')).toList();
    }

    private static Knows knows(char letter) {
        return switch (letter) {
            case 'N' -> Knows.NOTHING;
            case 'V' -> Knows.VOTE;
            case 'D' -> Knows.DATA;
            case 'q', 'Q' -> Knows.QUORUM;
            default -> null;
        };
    }
}
