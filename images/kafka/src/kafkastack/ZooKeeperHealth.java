package kafkastack;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * A ZooKeeper server is ready when it serves: {@code srvr} reports a mode only within a quorum, whereas {@code ruok} answers imok even without one.
 * It is alive as long as it answers {@code ruok}: without a quorum a restart would not help.
 */
final class ZooKeeperHealth implements Health {
    private static final int PORT = 2181;
    private static final int TIMEOUT_MS = 2000;

    private final ZooKeeperDisk disk;
    private volatile boolean answered;

    ZooKeeperHealth(ZooKeeperDisk disk) {
        this.disk = disk;
    }

    @Override
    public String notReady() {
        try {
            return ask("srvr").contains("Mode: ") ? null : "not serving: no quorum yet";
        } catch (IOException e) {
            return "no answer on port " + PORT + ": " + e.getMessage();
        }
    }

    @Override
    public String notLive() {
        try {
            answered |= ask("ruok").equals("imok");
            return null;
        } catch (IOException e) {
            // Before its first answer it may be waiting for its peers.
            return answered ? "no answer on port " + PORT + ": " + e.getMessage() : null;
        }
    }

    @Override
    public String quorum() {
        return "epoch=" + disk.epoch() + "\nserver=" + disk.id() + "\n" + disk.members().map(ZooKeeperMembers::report).orElse("");
    }

    private static String ask(String word) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), PORT), TIMEOUT_MS);
            socket.setSoTimeout(TIMEOUT_MS);
            socket.getOutputStream().write(word.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }
}
