package kafkastack;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.auth.SslEngineFactory;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;

/**
 * Kafka's own TLS, with PEM files from a directory that is checked again before connections are made or accepted: a renewed certificate needs no
 * restart, and existing connections go on. {@code ssl.keystore.location} names the directory. Files that are half written or do not fit together are
 * refused; the previous certificate stays in use.
 */
public final class ReloadingSslEngineFactory implements SslEngineFactory, Trust.Source {
    /** Nanoseconds between checks of the files. */
    private static final long PAUSE = 2_000_000_000L;

    /** The last message. A server has a factory for each listener, and one line is enough. */
    private static volatile String said = "";

    private Map<String, ?> settings;
    private Path directory;
    private volatile CertificateFiles taken;
    private volatile SslEngineFactory engines;
    private volatile long lookedAt;

    @Override
    public void configure(Map<String, ?> configs) {
        settings = configs;
        directory = Path.of(String.valueOf(configs.get(SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG)));
        try {
            take(CertificateFiles.read(directory));
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            throw new KafkaException("kafka-stack: the certificate in " + directory + " cannot be used: " + e.getMessage(), e);
        }
        Trust.add(this);
    }

    /** What new connections use from now on: an idle listener looks at its files first, as it would before its next connection. */
    @Override
    public Trust.Loaded loaded() {
        SslEngineFactory next = current();
        return new Trust.Loaded(next.keystore(), next.truststore());
    }

    @Override
    public SSLEngine createClientSslEngine(String peerHost, int peerPort, String endpointIdentification) {
        return current().createClientSslEngine(peerHost, peerPort, endpointIdentification);
    }

    @Override
    public SSLEngine createServerSslEngine(String peerHost, int peerPort) {
        return current().createServerSslEngine(peerHost, peerPort);
    }

    /** Never: this factory reloads files itself. */
    @Override
    public boolean shouldBeRebuilt(Map<String, Object> nextConfigs) {
        return false;
    }

    @Override
    public Set<String> reconfigurableConfigs() {
        return Set.of();
    }

    @Override
    public KeyStore keystore() {
        return engines.keystore();
    }

    @Override
    public KeyStore truststore() {
        return engines.truststore();
    }

    @Override
    public void close() throws IOException {
        Trust.remove(this);
        if (engines != null) {
            engines.close();
        }
    }

    private SslEngineFactory current() {
        if (System.nanoTime() - lookedAt > PAUSE) {
            look();
        }
        return engines;
    }

    private synchronized void look() {
        if (System.nanoTime() - lookedAt <= PAUSE) {
            return;
        }
        try {
            CertificateFiles found = CertificateFiles.read(directory);
            if (!found.equals(taken)) {
                take(found);
                say("the certificate in " + directory + " was renewed; it is valid until " + found.until());
            }
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            say("the content of " + directory + " is refused, and the previous certificate stays in use: " + e.getMessage());
        }
        lookedAt = System.nanoTime();
    }

    private void take(CertificateFiles files) throws GeneralSecurityException {
        files.requireFit();
        Map<String, Object> configs = new HashMap<>(settings);
        configs.remove(SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG);
        configs.put(SslConfigs.SSL_KEYSTORE_TYPE_CONFIG, DefaultSslEngineFactory.PEM_TYPE);
        configs.put(SslConfigs.SSL_KEYSTORE_KEY_CONFIG, new Password(files.key()));
        configs.put(SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG, new Password(files.certificate()));
        configs.put(SslConfigs.SSL_TRUSTSTORE_TYPE_CONFIG, DefaultSslEngineFactory.PEM_TYPE);
        configs.put(SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG, new Password(files.authority()));
        SslEngineFactory next = new DefaultSslEngineFactory();
        next.configure(configs);
        engines = next;
        taken = files;
        lookedAt = System.nanoTime();
    }

    private static void say(String text) {
        if (!text.equals(said)) {
            said = text;
            System.err.println("kafka-stack: " + text);
        }
    }
}
