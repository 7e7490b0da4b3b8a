package kafkastack;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Tells who may give this server orders: whoever proves to know the key of the Secret {@code kafka-orders}. The proof is an HMAC of the order, of this server's node id and of
 * its challenge, because the health endpoint has no TLS: the key never crosses the network, and a proof is good for one order to one server.
 */
final class OrderKey {
    /** The scheme of the header {@code Authorization}. */
    static final String SCHEME = "Kafka-Stack";

    private static final SecureRandom RANDOM = new SecureRandom();

    private final Path file;
    private final int node;
    private String challenge = random();

    /** @param directory of the Secret's files. They may come and change at any time; without them this server takes no orders. */
    OrderKey(Path directory, int node) {
        this.file = directory.resolve("key");
        this.node = node;
    }

    /** The directory that the pod says. */
    static OrderKey of(int node) {
        return new OrderKey(Path.of(System.getenv().getOrDefault("KAFKA_ORDERS_DIR", "/etc/kafka-orders")), node);
    }

    /** The line of {@code /quorum} with what the next proof is about. */
    synchronized String line() {
        return "challenge=" + challenge + "\n";
    }

    /** Why an order is refused; null when the proof is right, which is then worth nothing any more. @param authorization the header; null without one */
    synchronized Refusal refusal(String order, String authorization) {
        byte[] key;
        try {
            key = Files.readString(file).strip().getBytes(StandardCharsets.UTF_8);
        } catch (IOException e) {
            return new Refusal(403, "this server takes no orders, because it cannot read " + file + ": the next `up` makes the Secret kafka-orders if it is gone");
        }
        // An empty key would be everybody's.
        if (key.length == 0) {
            return new Refusal(403, "this server takes no orders, because " + file + " is empty: delete the Secret kafka-orders, and the next `up` makes another");
        }
        byte[] proof = (SCHEME + " " + HexFormat.of().formatHex(hmac(key, "POST " + order + " " + node + " " + challenge))).getBytes(StandardCharsets.UTF_8);
        if (authorization == null || !MessageDigest.isEqual(proof, authorization.getBytes(StandardCharsets.UTF_8))) {
            // The challenge stays: otherwise whoever guesses could keep others from proving anything.
            return new Refusal(401, "this order needs a proof that its sender knows the key of the Secret kafka-orders; the stack's Jobs and `npm run ops` have it");
        }
        challenge = random();
        return null;
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String random() {
        byte[] bytes = new byte[32];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** @param status of HTTP. @param why in a sentence. */
    record Refusal(int status, String why) {}
}
