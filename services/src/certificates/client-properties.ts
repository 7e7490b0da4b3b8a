/** A certificate, its key and the holder's trusted authority; PEM. */
export interface TrustedPair {
  readonly certificate: string;
  readonly key: string;
  readonly authority: string;
}

/**
 * A self-contained file for Kafka's Java clients and tools: it contains the certificate, and so works wherever it is copied to.
 *
 * @param bootstrap the brokers' address; @default the file has none
 */
export function clientProperties({ certificate, key, authority }: TrustedPair, bootstrap?: string): string {
  return [
    ...(bootstrap === undefined ? [] : [`bootstrap.servers=${bootstrap}`]),
    "security.protocol=SSL",
    "ssl.keystore.type=PEM",
    `ssl.keystore.certificate.chain=${oneLine(certificate)}`,
    `ssl.keystore.key=${oneLine(key)}`,
    "ssl.truststore.type=PEM",
    `ssl.truststore.certificates=${oneLine(authority)}`,
    "",
  ].join("\n");
}

/** A name, a password and the trusted authority. */
export interface TrustedPassword {
  readonly username: string;
  /** Without characters that need an escape. */
  readonly password: string;
  readonly authority: string;
}

/** As {@link clientProperties}, for a client that logs in with a password. */
export function passwordProperties({ username, password, authority }: TrustedPassword, bootstrap: string): string {
  return [
    `bootstrap.servers=${bootstrap}`,
    "security.protocol=SASL_SSL",
    "sasl.mechanism=SCRAM-SHA-512",
    `sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="${username}" password="${password}";`,
    "ssl.truststore.type=PEM",
    `ssl.truststore.certificates=${oneLine(authority)}`,
    "",
  ].join("\n");
}

/** Escapes line breaks for java.util.Properties. */
const oneLine = (pem: string): string => pem.trim().replaceAll("\r", "").replaceAll("\n", "\\n");
