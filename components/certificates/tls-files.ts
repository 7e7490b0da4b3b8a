import type { MountedFiles } from "../pods/mounted-files";

/** Who has a certificate of the stack's authority. `client` is for applications and people. */
export type CertificateHolder = "broker" | "controller" | "ops" | "chat" | "client";

/** Name of the Secret with a holder's certificate. */
export const certificateSecret = (holder: CertificateHolder): string => `kafka-tls-${holder}`;

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
