package kafkastack;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Answers questions, one a line, for tests: many of them in one JVM.
 *
 * <p>{@code decide ORDINAL fixed|dynamic dedicated|combined OWN CONTROLLERS BROKERS}, where each server is a letter: N, V, D, q, Q (the same, following a leader and
 * current), or - when it is silent; . for none. Answers {@code ACTION ready|unready TEXT}.
 *
 * <p>{@code disk DIRECTORY,DIRECTORY}. Answers {@code KNOWS EPOCH}, or {@code unknown}.
 */
public final class Decisions {
    private Decisions() {}

    public static void main(String[] args) throws IOException {
        var lines = new BufferedReader(new InputStreamReader(System.in));
        StringBuilder answers = new StringBuilder();
        for (String line; (line = lines.readLine()) != null; ) {
            String[] words = line.split(" ");
            answers.append(words[0].equals("disk") ? disk(words[1]) : decide(words)).append('\n');
            if (!lines.ready()) {
                System.out.print(answers);
                System.out.flush();
                answers.setLength(0);
            }
        }
    }

    private static String disk(String directories) {
        try {
            KafkaDisk.State state = new KafkaDisk(Arrays.stream(directories.split(",")).map(Path::of).toList()).read();
            return state.knows() + " " + state.epoch();
        } catch (IOException e) {
            return "unknown";
        }
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
