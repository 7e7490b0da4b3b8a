package kafkastack;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Decides how a controller without a metadata log starts. Its disk is new or was lost; an empty disk cannot tell which, so this asks the other
 * servers.
 *
 * <p>Two rules make this safe. A controller founds a quorum only when <em>every</em> server of the stack has just answered that its disks know of
 * none. And a controller that lost its memory of past votes never votes on its own: with Kafka 4 it joins without a vote; with Kafka 3, whose
 * configuration gives it a vote, it waits until most voters are running with intact disks, follow a leader, and have all committed records.
 *
 * <p>Two rules keep it from getting stuck. A waiting server asks again, so that it starts as soon as it may. And it says which servers it is waiting
 * for, or, when waiting cannot help, what to do.
 */
final class Founding {
    /** What a controller without a metadata log does. */
    enum Action {
        /** Founds the one quorum of this cluster. */
        FOUND,
        /** Joins a quorum that exists, or that another controller founds. */
        JOIN,
        /** Asks again. */
        WAIT,
        /** Asks again, but needs a person to act. */
        REFUSE
    }

    /**
     * @param text for people; unchanged while the situation is unchanged.
     * @param ready whether the pod may count as ready meanwhile: the StatefulSet should create the next pods, and a restart could harm nothing.
     * @param anew whether no server of the stack has ever been part of a cluster.
     */
    record Decision(Action action, String text, boolean ready, boolean anew) {
        Decision(Action action, String text, boolean ready) {
            this(action, text, ready, false);
        }
    }

    /**
     * Another server of the stack.
     *
     * @param knows null when it does not answer, or cannot say yet.
     * @param current whether it leads or follows a leader, and had all records that were committed at the previous request.
     */
    record Server(String name, Knows knows, boolean current) {
        boolean silent() {
            return knows == null;
        }
    }

    /**
     * @param ordinal of this controller; 0 is the one that may found.
     * @param fixedVoters whether the configuration names the first voters and their directories, as for Kafka 3.
     * @param dedicated whether controllers have their own pods, which are created before the brokers'.
     * @param own what this server's disks know.
     * @param controllers the others.
     * @param brokers the servers that are not controllers.
     */
    record Situation(int ordinal, boolean fixedVoters, boolean dedicated, Knows own, List<Server> controllers, List<Server> brokers) {
        /** Controllers that still have their metadata and votes. */
        private List<Server> remembering() {
            return controllers.stream().filter(server -> server.knows == Knows.QUORUM || server.knows == Knows.VOTE).toList();
        }

        /** Only Kafka 3's first voters can have voted before there was a leader. */

        private boolean quorumIsKnown() {
            return fixedVoters ? controllers.stream().anyMatch(server -> server.knows == Knows.QUORUM) : !remembering().isEmpty();
        }

        private int majority() {
            return (controllers.size() + 1) / 2 + 1;
        }

        /** Servers that have been part of a cluster. */
        private List<String> witnesses() {
            Knows least = fixedVoters ? Knows.DATA : Knows.VOTE;
            var others = Stream.concat(controllers.stream(), brokers.stream()).filter(server -> !server.silent() && server.knows.compareTo(least) >= 0).map(Server::name);
            return Stream.concat(own.compareTo(least) >= 0 ? Stream.of("another volume of this server") : Stream.empty(), others).toList();
        }
    }

    private Founding() {}

    static Decision decide(Situation now) {
        return now.quorumIsKnown() ? (now.fixedVoters ? returnAsVoter(now) : join(now)) : begin(now);
    }

    private static Decision join(Situation now) {
        return new Decision(Action.JOIN, names(now.remembering()) + " knows the quorum: joining it with an empty disk", false);
    }

    /** Rejoins as the voter that it was, without its log: its vote must not decide about records that were committed since. */
    private static Decision returnAsVoter(Situation now) {
        long current = now.controllers.stream().filter(server -> server.knows == Knows.QUORUM && server.current).count();
        if (current >= now.majority()) {
            return new Decision(Action.JOIN, "most controllers follow a leader and have all of the metadata: joining them with an empty disk", false);
        }
        List<Server> silent = silent(now.controllers);
        if (silent.isEmpty() && now.remembering().size() < now.majority()) {
            return new Decision(
                    Action.REFUSE,
                    "only " + names(now.remembering()) + " of " + (now.controllers.size() + 1) + " controllers still has the metadata, and Kafka 3.9 would take the votes of those that lost it for their old ones: "
                            + "give the others the volumes that they had, or, if those are gone for good, see `npm run ops -- recover-quorum`. There is no quorum until then",
                    false);
        }
        String whom = silent.isEmpty() ? "a leader that most controllers follow" : names(silent);
        return waitFor(whom, "most controllers must have the metadata before this one, with an empty disk, may vote again", false);
    }

    /** No controller that answers knows a quorum. */
    private static Decision begin(Situation now) {
        List<Server> silent = silent(now.controllers);
        if (!silent.isEmpty()) {
            return waitFor(names(silent), "one of them may know a quorum that this empty disk must join", false);
        }
        List<String> witnesses = now.witnesses();
        if (!witnesses.isEmpty()) {
            return new Decision(
                    Action.REFUSE,
                    "the metadata of this cluster is lost: it is on no controller's disk, but there is data of the cluster on " + some(witnesses) + ". No quorum is founded, for it would know no topic, "
                            + "and brokers delete what no topic owns. Give the controllers the volumes that they had; if those are gone for good, `npm run ops -- recover-quorum` says what can be brought back from "
                            + "the copies of others; to begin anew without the data, empty the volumes of all servers",
                    false);
        }
        List<Server> absent = silent(now.brokers);
        if (!absent.isEmpty()) {
            return waitFor(names(absent), "their disks may hold data of a cluster whose controllers have lost theirs", now.dedicated);
        }
        if (now.fixedVoters || now.ordinal == 0) {
            return new Decision(Action.FOUND, "no server knows a quorum: founding it", false, true);
        }
        return new Decision(Action.JOIN, "no server knows a quorum: joining the one that controller 0 founds", false, true);
    }

    private static Decision waitFor(String whom, String why, boolean ready) {
        return new Decision(Action.WAIT, "waiting for " + whom + ": " + why, ready);
    }

    private static List<Server> silent(List<Server> servers) {
        return servers.stream().filter(Server::silent).toList();
    }

    private static String names(List<Server> servers) {
        return some(servers.stream().map(Server::name).toList());
    }

    /** The first few names. */
    private static String some(List<String> names) {
        String shown = names.stream().limit(5).collect(Collectors.joining(", "));
        return names.size() > 5 ? shown + " and " + (names.size() - 5) + " more" : shown;
    }
}
