package kafkastack;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;

/** {@code /live} and {@code /ready} (200, or 503 with what is wrong or missing) and {@code /quorum}, on one daemon thread. */
final class HealthServer {
    static final int PORT = 8080;

    private HealthServer() {}

    static void start(int port, Health health) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(port), 0);
        server.createContext("/live", exchange -> answer(exchange, health.notLive()));
        server.createContext("/ready", exchange -> answer(exchange, health.notReady()));
        server.createContext("/quorum", exchange -> send(exchange, 200, health.quorum()));
        server.setExecutor(Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "health");
            thread.setDaemon(true);
            return thread;
        }));
        Thread dispatcher = new Thread(server::start, "health-start");
        dispatcher.setDaemon(true); // the server's own thread inherits this, so that it never keeps a stopping JVM alive
        dispatcher.start();
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
