package kafkastack;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;

/**
 * A certificate, its key and the trusted authorities, as PEM, from a Secret of the stack.
 *
 * @param certificate the certificate, followed by the intermediate ones
 * @param key its private key, PKCS#8 and not encrypted
 * @param authority the certificates of the trusted authorities
 */
record CertificateFiles(String certificate, String key, String authority) {
    static CertificateFiles read(Path directory) throws IOException {
        return new CertificateFiles(Files.readString(directory.resolve("tls.crt")), Files.readString(directory.resolve("tls.key")), Files.readString(directory.resolve("ca.crt")));
    }

    /** When the certificate expires. */
    Instant until() throws GeneralSecurityException {
        return own().getNotAfter().toInstant();
    }

    /** The authority that the certificate, or the last intermediate one, comes from; null when it is not among the trusted ones. */
    X509Certificate issuer() throws GeneralSecurityException {
        X509Certificate last = own();
        for (Certificate each : certificates(certificate)) {
            last = (X509Certificate) each;
        }
        for (Certificate each : certificates(authority)) {
            if (comesFrom(last, each)) {
                return (X509Certificate) each;
            }
        }
        return null;
    }

    /** The number of trusted authorities. */
    int authorities() throws GeneralSecurityException {
        return certificates(authority).size();
    }

    /**
     * Refuses files that do not belong together, as in the middle of a renewal: the key must be the certificate's, and the certificate must come from
     * the authority.
     */
    void requireFit() throws GeneralSecurityException {
        X509Certificate own = own();
        byte[] text = new byte[32];
        new SecureRandom().nextBytes(text);
        Signature signature = Signature.getInstance("SHA256with" + (own.getPublicKey().getAlgorithm().equals("EC") ? "ECDSA" : own.getPublicKey().getAlgorithm()));
        signature.initSign(privateKey(own.getPublicKey().getAlgorithm()));
        signature.update(text);
        byte[] signed = signature.sign();
        signature.initVerify(own);
        signature.update(text);
        if (!signature.verify(signed)) {
            throw new GeneralSecurityException("tls.key is not the key of tls.crt");
        }
        if (certificates(authority).stream().noneMatch(each -> comesFrom(own, each)) && certificates(certificate).size() == 1) {
            throw new GeneralSecurityException("tls.crt does not come from the authority in ca.crt");
        }
    }

    static boolean comesFrom(X509Certificate own, Certificate authority) {
        try {
            own.verify(authority.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private X509Certificate own() throws GeneralSecurityException {
        return (X509Certificate) certificates(certificate).stream().findFirst().orElseThrow(() -> new GeneralSecurityException("tls.crt has no certificate"));
    }

    private static Collection<? extends Certificate> certificates(String pem) throws GeneralSecurityException {
        return CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
    }

    private PrivateKey privateKey(String algorithm) throws GeneralSecurityException {
        String[] parts = key.split("-----(BEGIN|END) PRIVATE KEY-----");
        if (parts.length < 2) {
            throw new GeneralSecurityException("tls.key has no unencrypted private key in PKCS#8");
        }
        try {
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(parts[1].strip())));
        } catch (IllegalArgumentException e) {
            throw new GeneralSecurityException("tls.key is no PEM: " + e.getMessage());
        }
    }
}
