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

    private static final String LOST_RECORDS =
            "the metadata log is gone from this volume, which still has partitions: this controller would vote without what it has agreed to. Give it back its volume as it was. If that is gone for good "
                    + "and most controllers have their metadata, empty this volume once all of its partitions have other replicas in sync: metadata and partitions are then copied to it anew. "
                    + "Otherwise `npm run ops -- recover-quorum` says what can be brought back";

    private final KafkaDisk disk;
    private final Path properties;
    private final String clusterId;
    private final boolean controller;
    private final Peers peers;
    private final Hold hold;
    private final LostCopies copies;

    /**
     * @param properties the server's rendered file.
     * @param copies holds a server that is a broker too; null for one that is not.
     */
    Formatting(KafkaDisk disk, Path properties, String clusterId, boolean controller, Peers peers, Hold hold, LostCopies copies) {
        this.disk = disk;
        this.properties = properties;
        this.clusterId = clusterId;
        this.controller = controller;
        this.peers = peers;
        this.hold = hold;
        this.copies = copies;
    }

    /** Returns when every directory is formatted. @throws IllegalStateException with a sentence when that is impossible. */
    void run() throws IOException, InterruptedException {
        if (controller && disk.lostRecordsOfVoter()) {
            giveUpVote();
        }
        if (disk.formatted()) {
            awaitCopies();
            return;
        }
        boolean anew = false;
        List<String> arguments = new ArrayList<>(List.of("format", "--cluster-id=" + clusterId, "--config", properties.toString(), "--ignore-formatted"));
        if (controller) {
            Path voters = peers.config().resolve("voters");
            boolean fixedVoters = Files.exists(voters);
            Founding.Decision decision = disk.metadataFormatted() ? null : decide(fixedVoters);
            anew = decision != null && decision.anew();
            if (fixedVoters) {
                arguments.addAll(List.of("--initial-controllers", Files.readString(voters).trim()));
            } else {
                arguments.add(decision != null && decision.action() == Founding.Action.FOUND ? "--standalone" : "--no-initial-controllers");
            }
        }
        // Needed by the founder of a quorum. It is a file, because the cluster's level changes without restarts.
        Path level = peers.config().resolve("metadata-version");
        if (Files.exists(level)) {
            arguments.addAll(List.of("--release-version", Files.readString(level).trim()));
        }
        if (!anew) {
            awaitCopies();
            if (disk.formatted()) {
                return;
            }
        }
        Hold.say("formatting the storage");
        if (!disk.metadataFormatted()) {
            disk.forgetVoter();
        }
        format(arguments);
        hold.end();
    }

    private void awaitCopies() throws IOException, InterruptedException {
        if (copies != null) {
            copies.await();
        }
    }

    /**
     * A voter without its records would elect leaders that lack what it has agreed to: its identity is still there, so the quorum takes it for one that has
     * forgotten nothing. A disk with nothing else on it gets a new identity. That of a disk with partitions says where they are, so it stays, and the
     * server waits for a person.
     */
    private void giveUpVote() throws IOException, InterruptedException {
        while (disk.lostRecordsOfVoter() && disk.hasPartitions()) {
            hold.refuse(LOST_RECORDS);
            Thread.sleep(PAUSE_MS);
        }
        hold.end();
        if (disk.lostRecordsOfVoter()) {
            Hold.say("the metadata log is gone from this disk: it gets a new identity, without the vote of the former one");
            disk.forgetIdentity();
        }
    }

    private Founding.Decision decide(boolean fixedVoters) throws IOException, InterruptedException {
        long committed = -1;
        for (long pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, PAUSE_MS)) {
            if (disk.metadataFormatted()) {
                return new Founding.Decision(Founding.Action.JOIN, "the volume with the metadata is back", false);
            }
            Peers.Answers answers = peers.ask();
            Founding.Decision decision = Founding.decide(new Founding.Situation(
                    peers.ordinal(), fixedVoters, peers.dedicated(), disk.read().knows(), servers(answers.controllers(), committed), servers(answers.brokers(), committed)));
            switch (decision.action()) {
                case FOUND, JOIN -> {
                    Hold.say(decision.text());
                    return decision;
                }
                case WAIT -> hold.await(decision.text(), decision.ready());
                case REFUSE -> hold.refuse(decision.text());
            }
            committed = answers.controllers().stream().mapToLong(Peers.Answer::highWatermark).max().orElse(-1);
            Thread.sleep(pause);
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
}
