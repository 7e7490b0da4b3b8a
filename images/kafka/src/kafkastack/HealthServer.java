package kafkastack;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;

/**
 * Serves {@code /live} and {@code /ready} (200, or 503 with what is wrong or still missing after a short wait), {@code /quorum}, {@code
 * /leave?seconds=N}, which answers when the cluster can do without this server or the time is up, and orders to the server. On daemon threads.
 */
final class HealthServer {
    static final int PORT = 8080;
    /** Slightly less than the period of the readiness probe, so that a probe is nearly always waiting. */
    private static final Duration READY_PATIENCE = Duration.ofMillis(900);

    private HealthServer() {}

    /** @param orders the server's orders by path. Only POST runs them, because a GET must change nothing. */
    static void start(int port, Health health, Map<String, Runnable> orders) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(port), 0);
        server.createContext("/live", exchange -> answer(exchange, health.notLive()));
        server.createContext("/ready", exchange -> answer(exchange, health.awaitReady(READY_PATIENCE)));
        server.createContext("/quorum", exchange -> send(exchange, 200, health.quorum()));
        server.createContext("/leave", exchange -> leave(exchange, health));
        orders.forEach((path, order) -> server.createContext(path, exchange -> order(exchange, order)));
        server.setExecutor(Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "health");
            thread.setDaemon(true);
            return thread;
        }));
        Thread dispatcher = new Thread(server::start, "health-start");
        dispatcher.setDaemon(true); // the dispatcher thread inherits daemon status, so that it never keeps a stopping JVM alive
        dispatcher.start();
    }

    private static void order(HttpExchange exchange, Runnable order) throws IOException {
        if (!exchange.getRequestMethod().equals("POST")) {
            exchange.getResponseHeaders().set("Allow", "POST");
            send(exchange, 405, "an order is a POST\n");
            return;
        }
        send(exchange, 200, "ok\n");
        order.run();
    }

    private static void leave(HttpExchange exchange, Health health) throws IOException {
        String query = String.valueOf(exchange.getRequestURI().getQuery());
        long seconds = Long.parseLong(query.replaceFirst("^seconds=", ""));
        answer(exchange, health.awaitSpared(Duration.ofSeconds(seconds)));
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
