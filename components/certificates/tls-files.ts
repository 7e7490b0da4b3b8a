import type { MountedFiles } from "../operations/ops-pod";

/** Which of the stack's own has a certificate of its authority. `client` is for its administrators. */
export type CertificateHolder = "broker" | "controller" | "ops" | "kproducer" | "kconsumer" | "lag-exporter" | "client";

/** Name of the Secret with a holder's certificate. */
export const certificateSecret = (holder: CertificateHolder): string => `kafka-tls-${holder}`;

/** Name of the Secret with a user's certificate, unless the user names another one. */
export const userSecret = (user: string): string => `kafka-user-${user}`;

/** Where a container finds its certificate, and what tells its programs so. */
export const TLS_DIRECTORY = "/etc/kafka-tls";

/** Environment variable with that directory. */
export const TLS_VARIABLE = "KAFKA_TLS_DIR";

/** A holder's certificate as files of a container. As a whole directory: a file of a Secret that is mounted by itself is never renewed. */
export const tlsFiles = (holder: CertificateHolder) =>
  ({
    // Its owner and its group may read it, which is the pod's.
    volume: { name: "tls", secret: { secretName: certificateSecret(holder), defaultMode: 0o440 } },
    mount: { name: "tls", mountPath: TLS_DIRECTORY, readOnly: true },
    env: { name: TLS_VARIABLE, value: TLS_DIRECTORY },
  }) satisfies MountedFiles;
