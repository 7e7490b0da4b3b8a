package kafkastack;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Formats the unformatted log directories of a KRaft server. A controller without a metadata log first asks the others how: see {@link Founding}. Its
 * health endpoint answers meanwhile, so that waiting servers learn about this disk too.
 */
final class Formatting {
    private static final String TOOL = "kafka.tools.StorageTool";
    private static final long FIRST_PAUSE_MS = 100;
    private static final long PAUSE_MS = 500;
    /** A changed reason for waiting is logged at most this often; */
    private static final long SAY_CHANGE_MS = 5_000;
    /** an unchanged one at least this often. */
    private static final long SAY_AGAIN_MS = 60_000;
    /** How long a reason to stop must hold. Meanwhile the others, which may have the same reason, receive this server's answer. */
    private static final long REFUSAL_MS = 15_000;

    private static final String LOST_RECORDS =
            "the metadata log is gone from this volume, which still has partitions: this controller would vote without what it has agreed to. Give it back its volume as it was. If that is gone for good "
                    + "and most controllers have their metadata, empty this volume once all of its partitions have other replicas in sync: metadata and partitions are then copied to it anew. "
                    + "Otherwise `npm run ops -- recover-quorum` says what can be brought back";

    private final KafkaDisk disk;
    private final Path properties;
    private final String clusterId;
    private final boolean controller;
    private final Peers peers;
    private volatile Founding.Decision now;
    private String said = "";
    private long saidAt;

    /** @param properties the server's rendered file; this pod's marker files are beside it. */
    Formatting(KafkaDisk disk, Path properties, String clusterId, boolean controller, Peers peers) {
        this.disk = disk;
        this.properties = properties;
        this.clusterId = clusterId;
        this.controller = controller;
        this.peers = peers;
    }

    /** What the server is waiting for, for people; null when it is not waiting. */
    String waiting() {
        Founding.Decision decision = now;
        return decision == null ? null : decision.text();
    }

    /** Whether the pod may count as ready while it waits. */
    boolean mayCountAsReady() {
        Founding.Decision decision = now;
        return decision != null && decision.ready();
    }

    /** Returns when every directory is formatted. @throws IllegalStateException with a sentence when that is impossible. */
    void run() throws IOException, InterruptedException {
        if (controller && disk.lostRecordsOfVoter()) {
            giveUpVote();
        }
        if (disk.formatted()) {
            return;
        }
        List<String> arguments = new ArrayList<>(List.of("format", "--cluster-id", clusterId, "--config", properties.toString(), "--ignore-formatted"));
        if (controller) {
            Path voters = peers.config().resolve("voters");
            boolean fixedVoters = Files.exists(voters);
            Founding.Action action = disk.metadataFormatted() ? Founding.Action.JOIN : decide(fixedVoters);
            if (fixedVoters) {
                arguments.addAll(List.of("--initial-controllers", Files.readString(voters).trim()));
            } else {
                arguments.add(action == Founding.Action.FOUND ? "--standalone" : "--no-initial-controllers");
            }
        }
        // Needed by the founder of a quorum. It is a file, because the cluster's level changes without restarts.
        Path level = peers.config().resolve("metadata-version");
        if (Files.exists(level)) {
            arguments.addAll(List.of("--release-version", Files.readString(level).trim()));
        }
        say("formatting the storage");
        if (!disk.metadataFormatted()) {
            disk.forgetVoter();
        }
        format(arguments);
        now = null;
    }

    /**
     * A voter without its records would elect leaders that lack what it has agreed to: its identity is still there, so the quorum takes it for one that has
     * forgotten nothing. A disk with nothing else on it gets a new identity. That of a disk with partitions says where they are, so it stays, and the
     * server waits for a person.
     */
    private void giveUpVote() throws IOException, InterruptedException {
        Founding.Decision decision = new Founding.Decision(Founding.Action.REFUSE, LOST_RECORDS, false);
        long since = System.nanoTime();
        while (disk.lostRecordsOfVoter() && disk.hasPartitions()) {
            now = decision;
            refuse(decision, since);
            sayNowAndThen(decision.text());
            Thread.sleep(PAUSE_MS);
        }
        now = null;
        if (disk.lostRecordsOfVoter()) {
            say("the metadata log is gone from this disk: it gets a new identity, without the vote of the former one");
            disk.forgetIdentity();
        }
    }

    private Founding.Action decide(boolean fixedVoters) throws IOException, InterruptedException {
        long refusedSince = -1;
        long committed = -1;
        for (long pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, PAUSE_MS)) {
            if (disk.metadataFormatted()) {
                say("the volume with the metadata is back");
                return Founding.Action.JOIN;
            }
            Peers.Answers answers = peers.ask();
            Founding.Decision decision = Founding.decide(new Founding.Situation(
                    peers.ordinal(), fixedVoters, peers.dedicated(), disk.read().knows(), servers(answers.controllers(), committed), servers(answers.brokers(), committed)));
            now = decision;
            switch (decision.action()) {
                case FOUND, JOIN -> {
                    say(decision.text());
                    return decision.action();
                }
                case WAIT -> refusedSince = -1;
                case REFUSE -> {
                    refusedSince = refusedSince < 0 ? System.nanoTime() : refusedSince;
                    refuse(decision, refusedSince);
                }
            }
            sayNowAndThen(decision.text());
            committed = answers.controllers().stream().mapToLong(Peers.Answer::highWatermark).max().orElse(-1);
            Thread.sleep(pause);
        }
    }

    /**
     * Refuses to start once there has been a reason for long enough. The first refusal in a pod's life ends the container, so that the pod's status shows
     * the reason. Later ones do not: the container goes on as soon as a volume is back.
     *
     * @param since when the reason began, in {@link System#nanoTime}.
     */
    private void refuse(Founding.Decision decision, long since) throws IOException {
        Path mark = properties.resolveSibling("refused");
        if (System.nanoTime() - since > REFUSAL_MS * 1_000_000 && !Files.exists(mark)) {
            Files.write(mark, new byte[0]);
            throw new IllegalStateException(decision.text());
        }
    }

    private static List<Founding.Server> servers(List<Peers.Answer> answers, long committed) {
        return answers.stream().map(answer -> answer.server(committed)).toList();
    }

    private static void format(List<String> arguments) {
        try {
            Object code = Class.forName(TOOL)
                    .getMethod("execute", String[].class, PrintStream.class)
                    .invoke(null, arguments.toArray(String[]::new), System.err);
            if (!Integer.valueOf(0).equals(code)) {
                throw new IllegalStateException("the storage was not formatted: Kafka's tool ended with " + code);
            }
        } catch (InvocationTargetException e) {
            throw new IllegalStateException("the storage was not formatted: " + e.getCause().getMessage());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this version of Kafka has no " + TOOL + ": " + e.getMessage());
        }
    }

    private void sayNowAndThen(String text) {
        long since = (System.nanoTime() - saidAt) / 1_000_000;
        if (said.isEmpty() || since > (text.equals(said) ? SAY_AGAIN_MS : SAY_CHANGE_MS)) {
            say(text);
            said = text;
            saidAt = System.nanoTime();
        }
    }

    private static void say(String text) {
        System.err.println("kafka-stack: " + text);
    }
}
