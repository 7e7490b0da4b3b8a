import type { MountedFiles } from "../pods/mounted-files";

/** The stack's own holders of certificates of its authority. `client` is for its administrators. */
export type CertificateHolder = "broker" | "controller" | "ops" | "kproducer" | "kconsumer" | "lag-exporter" | "client";

/** Name of the Secret with a holder's certificate. */
export const certificateSecret = (holder: CertificateHolder): string => `kafka-tls-${holder}`;

/** The directory of a container's certificate. */
export const TLS_DIRECTORY = "/etc/kafka-tls";

/** Environment variable with that directory. */
export const TLS_VARIABLE = "KAFKA_TLS_DIR";

/** A holder's certificate as files of a container. The whole directory is mounted: the kubelet never renews a single mounted file of a Secret. */
export const tlsFiles = (holder: CertificateHolder) =>
  ({
    // Readable for its owner and its group, which is the pod's.
    volume: { name: "tls", secret: { secretName: certificateSecret(holder), defaultMode: 0o440 } },
    mount: { name: "tls", mountPath: TLS_DIRECTORY, readOnly: true },
    env: { name: TLS_VARIABLE, value: TLS_DIRECTORY },
  }) satisfies MountedFiles;
