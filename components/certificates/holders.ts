import { KAFKA_PORTS } from "../kubernetes/ports";
import { type UserSpec, userSecret } from "../users/user";
import { certificateSecret, type CertificateHolder } from "./tls-files";

/** The basis of a stack's certificates. */
export interface HoldersArgs {
  /** Namespace of the stack. */
  readonly namespace: string;
  /** Whether controllers have their own pods. */
  readonly dedicated: boolean;
  /** Host name or address under which clients outside the cluster reach the nodes. @default no such clients */
  readonly externalHost?: string | undefined;
  /** Users of the cluster. @default none */
  readonly users?: readonly Pick<UserSpec, "name" | "secret">[] | undefined;
}

/** A certificate's subject, for the program in the services image. */
export interface Holder {
  /** Common name. */
  readonly name: string;
  /** Its names and addresses as a server; none for a client. */
  readonly hosts: readonly string[];
  /** Address of the brokers in the file for its clients. @default none */
  readonly bootstrap?: string;
}

/** A Service's names for pods of the cluster, from short to long. */
const names = (service: string, namespace: string): string[] => [
  service,
  `${service}.${namespace}`,
  `${service}.${namespace}.svc`,
  `${service}.${namespace}.svc.cluster.local`,
];

/** The names of a StatefulSet's pods: a wildcard, so that scaling needs no other certificate. */
const pods = (service: string, namespace: string): string[] => names(service, namespace).map((name) => `*.${name}`);

/** All holders of certificates, by the Secret with theirs: its name, after its namespace and `/` unless that is the stack's. */
export function holdersOf({ namespace, dedicated, externalHost, users = [] }: HoldersArgs): Record<string, Holder> {
  const server = (service: string, ...more: readonly string[]) => [
    // For tools in a server's pod, and its own health endpoint.
    "localhost",
    ...names(service, namespace),
    ...pods(service, namespace),
    ...more,
  ];
  const outside = externalHost === undefined || externalHost === "localhost" ? [] : [externalHost.replace(/\.$/, "")];
  const holders: [CertificateHolder, readonly string[]][] = [
    ["broker", server("broker", ...names("kafka-bootstrap", namespace), ...outside)],
    ...(dedicated ? [["controller", server("controller")] satisfies [CertificateHolder, readonly string[]]] : []),
    ...(["ops", "kproducer", "kconsumer", "lag-exporter", "client"] as const).map(
      (holder): [CertificateHolder, readonly string[]] => [holder, []],
    ),
  ];
  const bootstrap = `kafka-bootstrap.${namespace}.svc:${KAFKA_PORTS.client}`;
  return Object.fromEntries([
    ...holders.map(([holder, hosts]): [string, Holder] => [
      certificateSecret(holder),
      { name: `kafka-${holder}`, hosts },
    ]),
    ...users.map(({ name, secret }): [string, Holder] => [
      `${secret?.namespace === undefined ? "" : `${secret.namespace}/`}${secret?.name ?? userSecret(name)}`,
      { name, hosts: [], bootstrap },
    ]),
  ]);
}
