package kafkastack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Asks all other servers of the stack what their disks know. It reads their number from files each time, because an {@code up} may change it while a
 * server waits.
 *
 * @param config directory with the files {@code controllers} and {@code brokers}.
 * @param pool of this controller: {@code controller}, or {@code broker} with combined roles.
 * @param firstId node id of the pool's ordinal 0.
 * @param healthPort of every server.
 */
record Peers(Path config, String namespace, String pool, int firstId, int ordinal, String clusterId, int healthPort) {
    private static final ExecutorService THREADS = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "founding");
        thread.setDaemon(true);
        return thread;
    });

    /** A server's answer, and its high watermark of the metadata: -1 while that is unknown. */
    record Answer(String name, Knows knows, boolean follows, long highWatermark) {
        private static Answer silence(String name) {
            return new Answer(name, null, false, -1);
        }

        Founding.Server server(long committed) {
            return new Founding.Server(name, knows, follows && committed >= 0 && highWatermark >= committed);
        }
    }

    /** The other controllers, and the brokers that are not controllers. */
    record Answers(List<Answer> controllers, List<Answer> brokers) {}

    boolean dedicated() {
        return !pool.equals("broker");
    }

    Answers ask() throws IOException, InterruptedException {
        int controllers = count("controllers");
        List<Future<Answer>> ofControllers = new ArrayList<>();
        for (int other = 0; other < controllers; other++) {
            if (other != ordinal) {
                ofControllers.add(THREADS.submit(question(pool, other, firstId + other)));
            }
        }
        List<Future<Answer>> ofBrokers = new ArrayList<>();
        int brokers = count("brokers");
        for (int other = dedicated() ? 0 : controllers; other < brokers; other++) {
            ofBrokers.add(THREADS.submit(question("broker", other, other)));
        }
        return new Answers(collect(ofControllers), collect(ofBrokers));
    }

    /** Names of the other brokers that have been asked to stop and still run; null when there are no others, or their number cannot be read. */
    List<String> leavingBrokers() {
        Map<String, Future<Map<String, String>>> asked = new LinkedHashMap<>();
        try {
            int brokers = count("brokers");
            for (int other = 0; other < brokers; other++) {
                if (dedicated() || other != ordinal) {
                    String host = host("broker", other);
                    asked.put("broker-" + other, THREADS.submit(() -> PeerAnswer.values(PeerAnswer.lines(host, healthPort))));
                }
            }
            List<String> leaving = new ArrayList<>();
            for (var each : asked.entrySet()) {
                if (Boolean.parseBoolean(each.getValue().get().get(KafkaHealth.LEAVING))) {
                    leaving.add(each.getKey());
                }
            }
            return asked.isEmpty() ? null : leaving;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        } catch (IOException | ExecutionException e) {
            return null;
        }
    }

    private String host(String ofPool, int other) {
        return ofPool + "-" + other + "." + ofPool + "." + namespace + ".svc";
    }

    private Callable<Answer> question(String ofPool, int other, int id) {
        String name = ofPool + "-" + other;
        String host = host(ofPool, other);
        return () -> {
            try {
                return understand(name, id, PeerAnswer.values(PeerAnswer.lines(host, healthPort)));
            } catch (RuntimeException e) {
                return Answer.silence(name); // what cannot be read says nothing
            }
        };
    }

    /** @param id the expected id, because the address may belong to another server by now. */
    Answer understand(String name, int id, Map<String, String> said) {
        Knows knows = null;
        if (String.valueOf(id).equals(said.get("node")) && clusterId.equals(said.get("cluster")) && said.containsKey("knows")) {
            knows = Knows.valueOf(said.get("knows").toUpperCase());
        } else if (!said.containsKey("node") && Long.parseLong(said.getOrDefault("epoch", "0")) > 0) {
            // Servers of the previous version report only an epoch. Epoch 0 may only mean that the server has not read its disk yet.
            knows = Knows.QUORUM;
        }
        if (knows == null) {
            return Answer.silence(name); // the address belongs to another server by now, or to none
        }
        return new Answer(name, knows, Long.parseLong(said.getOrDefault("leader", "-1")) >= 0, Long.parseLong(said.getOrDefault("highWatermark", "-1")));
    }

    private int count(String file) throws IOException {
        return Integer.parseInt(Files.readString(config.resolve(file)).trim());
    }

    private static List<Answer> collect(List<Future<Answer>> asked) throws InterruptedException {
        List<Answer> answers = new ArrayList<>();
        for (Future<Answer> each : asked) {
            try {
                answers.add(each.get());
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            }
        }
        return answers;
    }
}
