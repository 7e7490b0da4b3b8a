package kafkastack;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which authorities this server's TLS uses now, of all its listeners and clients together. An exchange of the authority takes a step only when every
 * server says here that it has taken the one before, so this comes from what Kafka has loaded, and not from the files.
 *
 * @param trusts SHA-256 of the authorities that all of them trust
 * @param issuers SHA-256 of the authorities of the certificates that any of them shows; {@link #UNKNOWN} for one that it does not trust itself
 */
record Trust(Set<String> trusts, Set<String> issuers) {
    static final String UNKNOWN = "unknown";

    /** Those in use: of this server's listeners, and of its clients. */
    private static final Set<Source> USED = ConcurrentHashMap.newKeySet();

    /** A listener's or a client's TLS. */
    interface Source {
        Loaded loaded();
    }

    static void add(Source source) {
        USED.add(source);
    }

    static void remove(Source source) {
        USED.remove(source);
    }

    static Trust now() throws GeneralSecurityException {
        return of(USED.stream().map(Source::loaded).toList());
    }

    /** @param loaded the key store and the trust store of each listener and client; without any, nothing is trusted and nothing shown */
    static Trust of(Collection<Loaded> loaded) throws GeneralSecurityException {
        Set<String> trusts = null;
        Set<String> issuers = new TreeSet<>();
        for (Loaded each : loaded) {
            List<X509Certificate> authorities = certificates(each.trusted());
            Set<String> own = new TreeSet<>();
            for (X509Certificate authority : authorities) {
                own.add(fingerprint(authority));
            }
            if (trusts == null) {
                trusts = own;
            } else {
                trusts.retainAll(own);
            }
            issuers.addAll(issuers(each.shown(), authorities));
        }
        return new Trust(trusts == null ? Set.of() : trusts, issuers);
    }

    /** What a listener or a client has loaded. */
    record Loaded(KeyStore shown, KeyStore trusted) {}

    /** {@code key=value} lines. @param pod the name of this server's pod, by which who asks knows that the address is still its */
    String lines(String pod) {
        return "pod=" + pod + "\ntrusts=" + String.join(",", trusts) + "\nissuers=" + String.join(",", issuers) + "\n";
    }

    /** The authorities of the certificates with keys in a store: of the last one of each chain. */
    private static Set<String> issuers(KeyStore shown, List<X509Certificate> authorities) throws GeneralSecurityException {
        Set<String> issuers = new TreeSet<>();
        for (String alias : Collections.list(shown.aliases())) {
            Certificate[] chain = shown.getCertificateChain(alias);
            if (chain == null || chain.length == 0) {
                continue;
            }
            String issuer = UNKNOWN;
            for (X509Certificate authority : authorities) {
                if (CertificateFiles.comesFrom((X509Certificate) chain[chain.length - 1], authority)) {
                    issuer = fingerprint(authority);
                    break;
                }
            }
            issuers.add(issuer);
        }
        return issuers;
    }

    private static List<X509Certificate> certificates(KeyStore store) throws GeneralSecurityException {
        List<X509Certificate> found = new ArrayList<>();
        for (String alias : Collections.list(store.aliases())) {
            if (store.getCertificate(alias) instanceof X509Certificate certificate) {
                found.add(certificate);
            }
        }
        return found;
    }

    private static String fingerprint(X509Certificate certificate) throws GeneralSecurityException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
    }
}
