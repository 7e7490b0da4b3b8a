package kafkastack;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Serves, on a bounded number of daemon threads, {@code /live} and {@code /ready} (200, or 503 with what is wrong or still missing after a short
 * wait), {@code /quorum}, {@code /topics}, {@code /trust}, {@code /leave?seconds=N}, which answers its own pod when the cluster can do without this server or the time
 * is up, and orders to the server, from those who have the {@link OrderKey}.
 */
final class HealthServer {
    static final int PORT = 8080;
    /** Slightly less than the period of the readiness probe, so that a probe is nearly always waiting. */
    private static final Duration READY_PATIENCE = Duration.ofMillis(900);

    /** The kubelet, Prometheus and a few peers ask at the same time; each answer takes at most a second. More wait for their turn. */
    private static final int THREADS = 16;
    /** Only a pod that is about to stop asks to leave, and then waits: others must not be kept from their answers. */
    private static final int LEAVING_THREADS = 2;
    /** Longer than any grace period of a pod. */
    private static final long LONGEST_S = 86_400;

    private static final String REQUEST_S = "5";

    private static final Pattern SECONDS = Pattern.compile("seconds=(\\d{1,9})");

    private HealthServer() {}

    /** Starts that of a server that takes no orders. */
    static void start(int port, Health health) throws IOException {
        start(port, health, Map.of(), null);
    }

    /** @param orders the server's orders by path. Only POST runs them, because a GET must change nothing. @param key of those who may give them */
    static void start(int port, Health health, Map<String, Runnable> orders, OrderKey key) throws IOException {
        // The JDK's own name: a request that is not complete by then is given up. Otherwise a few of them would occupy all threads for good.
        System.setProperty("sun.net.httpserver.maxReqTime", REQUEST_S);
        HttpServer server = HttpServer.create(new InetSocketAddress(port), 0);
        server.createContext("/live", exchange -> answer(exchange, health.notLive()));
        server.createContext("/ready", exchange -> answer(exchange, health.awaitReady(READY_PATIENCE)));
        server.createContext("/quorum", exchange -> send(exchange, 200, health.quorum() + (key == null ? "" : key.line())));
        server.createContext("/topics", exchange -> send(exchange, 200, health.topics()));
        server.createContext("/trust", HealthServer::trust);
        ExecutorService leaving = threads(LEAVING_THREADS, "health-leave");
        server.createContext("/leave", exchange -> leave(exchange, health, leaving));
        orders.forEach((path, order) -> server.createContext(path, exchange -> order(exchange, path, order, key)));
        server.setExecutor(threads(THREADS, "health"));
        Thread dispatcher = new Thread(server::start, "health-start");
        dispatcher.setDaemon(true); // the dispatcher thread inherits daemon status, so that it never keeps a stopping JVM alive
        dispatcher.start();
    }

    /** Fingerprints of certificates are no secret: everyone who connects gets the certificates. */
    private static void trust(HttpExchange exchange) throws IOException {
        try {
            send(exchange, 200, Trust.now().lines(System.getenv().getOrDefault("POD_NAME", "")));
        } catch (GeneralSecurityException | RuntimeException e) {
            send(exchange, 500, "the loaded certificates cannot be read: " + e.getMessage() + "\n");
        }
    }

    private static void order(HttpExchange exchange, String path, Runnable order, OrderKey key) throws IOException {
        // A context also gets what is below its path.
        if (!exchange.getRequestURI().getPath().equals(path)) {
            send(exchange, 404, "there is no such order\n");
            return;
        }
        if (!exchange.getRequestMethod().equals("POST")) {
            exchange.getResponseHeaders().set("Allow", "POST");
            send(exchange, 405, "an order is a POST\n");
            return;
        }
        OrderKey.Refusal refusal = key.refusal(path, exchange.getRequestHeaders().getFirst("Authorization"));
        if (refusal != null) {
            if (refusal.status() == 401) {
                exchange.getResponseHeaders().set("WWW-Authenticate", OrderKey.SCHEME);
            }
            send(exchange, refusal.status(), refusal.why() + "\n");
            return;
        }
        send(exchange, 200, "ok\n");
        order.run();
    }

    private static void leave(HttpExchange exchange, Health health, ExecutorService threads) throws IOException {
        // Others could make peers believe that this server stops, and keep its own pod waiting until it is killed.
        if (!exchange.getRemoteAddress().getAddress().isLoopbackAddress()) {
            send(exchange, 403, "only a server's own pod asks it to leave\n");
            return;
        }
        Matcher seconds = SECONDS.matcher(String.valueOf(exchange.getRequestURI().getQuery()));
        if (!seconds.matches()) {
            send(exchange, 400, "how long may it take? /leave?seconds=N\n");
            return;
        }
        Duration patience = Duration.ofSeconds(Math.min(Long.parseLong(seconds.group(1)), LONGEST_S));
        threads.execute(() -> {
            try {
                answer(exchange, health.awaitSpared(patience));
            } catch (IOException e) {
                // Who asked has gone.
            }
        });
    }

    private static ExecutorService threads(int number, String name) {
        return Executors.newFixedThreadPool(number, task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    private static void answer(HttpExchange exchange, String missing) throws IOException {
        send(exchange, missing == null ? 200 : 503, missing == null ? "ok\n" : missing + "\n");
    }

    private static void send(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        try (exchange) {
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }
}
