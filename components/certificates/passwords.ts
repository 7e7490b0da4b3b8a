import type { MountedFiles } from "../pods/mounted-files";

/** Name of the Secret with all passwords of users. */
export const PASSWORDS = "kafka-passwords";

const DIRECTORY = "/etc/kafka-passwords";

/** All passwords of users, as files of a container: for the Job that tells them to Kafka, and nobody else. */
export const passwordFiles: MountedFiles = {
  volume: { name: "passwords", secret: { secretName: PASSWORDS, defaultMode: 0o440 } },
  mount: { name: "passwords", mountPath: DIRECTORY, readOnly: true },
  env: { name: "KAFKA_PASSWORDS_DIR", value: DIRECTORY },
};
