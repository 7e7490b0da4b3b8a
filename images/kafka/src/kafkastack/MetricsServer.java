package kafkastack;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;

/**
 * {@code GET /metrics}, for Prometheus, on its own port: clients of this port cannot give orders, as they could at the health endpoint. Two daemon
 * threads limit what scrapes take from the server.
 */
final class MetricsServer {
    /** The usual port in dashboards' and operators' examples for Kafka. */
    static final int PORT = 9404;

    private static final int THREADS = 2;

    private MetricsServer() {}

    /** Starts it. A server without metrics is better than none, so an occupied port is only logged. */
    static void start(int port, List<Consumer<Exposition>> sources) {
        HttpServer server;
        try {
            server = HttpServer.create(new InetSocketAddress(port), 0);
        } catch (IOException e) {
            System.err.println("kafka-stack: metrics are not available, because port " + port + " cannot be listened on: " + e.getMessage());
            return;
        }
        server.createContext("/", exchange -> answer(exchange, sources));
        server.setExecutor(Executors.newFixedThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, "metrics");
            thread.setDaemon(true);
            return thread;
        }));
        Thread dispatcher = new Thread(server::start, "metrics-start");
        dispatcher.setDaemon(true); // daemon, like the dispatcher of the health endpoint
        dispatcher.start();
    }

    private static void answer(HttpExchange exchange, List<Consumer<Exposition>> sources) throws IOException {
        try (exchange) {
            boolean isGet = exchange.getRequestMethod().equals("GET");
            if (!isGet || !exchange.getRequestURI().getPath().equals("/metrics")) {
                exchange.sendResponseHeaders(isGet ? 404 : 405, -1);
                return;
            }
            byte[] body = scrape(sources).getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", Exposition.CONTENT_TYPE);
            if (String.valueOf(exchange.getRequestHeaders().getFirst("Accept-Encoding")).contains("gzip")) {
                exchange.getResponseHeaders().set("Content-Encoding", "gzip");
                body = gzip(body);
            }
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    /** A failing source is left out and counted, so that the others remain. */
    private static String scrape(List<Consumer<Exposition>> sources) {
        long start = System.nanoTime();
        Exposition out = new Exposition();
        int failed = 0;
        for (Consumer<Exposition> source : sources) {
            try {
                source.accept(out);
            } catch (RuntimeException e) {
                failed++;
                System.err.println("kafka-stack: metrics are missing from a scrape: " + e);
            }
        }
        // An own name, because every process that Prometheus watches has a process_start_time_seconds.
        out.gauge("kafka_stack_start_time_seconds", ManagementFactory.getRuntimeMXBean().getStartTime() / 1e3);
        out.gauge("kafka_stack_scrape_failed_sources", failed);
        out.gauge("kafka_stack_scrape_seconds", (System.nanoTime() - start) / 1e9);
        return out.text();
    }

    private static byte[] gzip(byte[] body) throws IOException {
        var compressed = new ByteArrayOutputStream(body.length / 8);
        try (var gzip = new GZIPOutputStream(compressed)) {
            gzip.write(body);
        }
        return compressed.toByteArray();
    }
}
