package kafkastack;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Writes the value of a label of the pod's node into a file. It asks the Kubernetes API, because the downward API does not show node labels. Usage:
 * {@code NodeLabel LABEL FILE}, with {@code NODE_NAME} in the environment and a service account that may get nodes.
 */
public final class NodeLabel {
    private static final Path ACCOUNT = Path.of(System.getProperty("kafkastack.account", "/var/run/secrets/kubernetes.io/serviceaccount"));
    private static final int ATTEMPTS = 30;
    private static final int PATIENCE_MS = 5000;

    private NodeLabel() {}

    public static void main(String[] args) throws Exception {
        String label = args[0];
        String node = System.getenv("NODE_NAME");
        String metadata = null;
        for (int attempt = 1; metadata == null; attempt++) {
            try {
                metadata = metadataOf(node);
            } catch (IOException error) {
                say("the Kubernetes API does not tell of node " + node + ": " + error.getMessage());
                if (attempt == ATTEMPTS) System.exit(1);
                Thread.sleep(1000);
            }
        }
        // Label values need no escapes; quotes around a label inside JSON text would be escaped.
        Matcher found = Pattern.compile("\"" + Pattern.quote(label) + "\":\\s*\"([^\"]*)\"").matcher(metadata);
        if (!found.find()) {
            say("node " + node + " has no label " + label + ": label it, or set scheduling.zones to false");
            System.exit(1);
        }
        Files.writeString(Path.of(args[1]), found.group(1) + "\n");
        say("node " + node + " is in " + found.group(1));
    }

    private static String metadataOf(String node) throws IOException, GeneralSecurityException {
        String host = System.getenv("KUBERNETES_SERVICE_HOST");
        String address = host.contains(":") ? "[" + host + "]" : host;
        URI uri = URI.create("https://" + address + ":" + System.getenv("KUBERNETES_SERVICE_PORT") + "/api/v1/nodes/" + node);
        HttpsURLConnection connection = (HttpsURLConnection) uri.toURL().openConnection(java.net.Proxy.NO_PROXY);
        connection.setSSLSocketFactory(trusting(ACCOUNT.resolve("ca.crt")).getSocketFactory());
        connection.setConnectTimeout(PATIENCE_MS);
        connection.setReadTimeout(PATIENCE_MS);
        // Asks for metadata only: the status with its list of images is not needed.
        connection.setRequestProperty("Accept", "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io");
        connection.setRequestProperty("Authorization", "Bearer " + Files.readString(ACCOUNT.resolve("token")).strip());
        if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
            throw new IOException("it answers with status " + connection.getResponseCode());
        }
        try (InputStream body = connection.getInputStream()) {
            return new String(body.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Trusts only the authorities in a PEM file. */
    private static SSLContext trusting(Path file) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream pem = Files.newInputStream(file)) {
            int number = 0;
            for (Certificate authority : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                store.setCertificateEntry("authority-" + number++, authority);
            }
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private static void say(String text) {
        System.err.println("kafka-stack: " + text);
    }
}
