/** A certificate, its key, and whom its holder trusts; PEM. */
export interface TrustedPair {
  readonly certificate: string;
  readonly key: string;
  readonly authority: string;
}

/** A file that Kafka's Java clients and tools take as it is, with the certificate in it: it works wherever it is copied to. @param bootstrap where the brokers are; @default it does not say */
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

/** As java.util.Properties reads several lines from one. */
const oneLine = (pem: string): string => pem.trim().replaceAll("\r", "").replaceAll("\n", "\\n");
