package kafkastack;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;

/**
 * When the certificate that the server uses expires, when its authority does, and how many authorities it trusts: two during an exchange. Like {@link ReloadingSslEngineFactory}, it takes files only when they fit together: what
 * the server refuses does not count as a renewal.
 */
final class CertificateMetrics {
    private static final String NAME = "kafka_stack_certificate_expiration_timestamp_seconds";
    private static final String AUTHORITIES = "kafka_stack_trusted_authorities";

    private final Path directory;
    private CertificateFiles taken;

    /** @param directory with the files of a Secret; null for a server without a certificate. */
    CertificateMetrics(String directory) {
        this.directory = directory == null ? null : Path.of(directory);
    }

    synchronized void add(Exposition out) {
        if (directory == null) {
            return;
        }
        try {
            CertificateFiles found = CertificateFiles.read(directory);
            if (!found.equals(taken)) {
                found.requireFit();
                taken = found;
            }
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            // The server goes on with what it has, and says so.
        }
        if (taken == null) {
            return;
        }
        try {
            out.gauge(NAME, taken.until().getEpochSecond(), "certificate", "server");
            out.gauge(AUTHORITIES, taken.authorities());
            X509Certificate authority = taken.issuer();
            if (authority != null) {
                out.gauge(NAME, authority.getNotAfter().toInstant().getEpochSecond(), "certificate", "authority");
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
