import { PORTS } from "../kafka/settings";
import type { UserSpec } from "../users/user";
import { certificateSecret, type CertificateHolder, userSecret } from "./tls-files";

/** What the certificates of a stack follow from. */
export interface HoldersArgs {
  /** Namespace of the stack. */
  readonly namespace: string;
  /** Whether controllers have pods of their own. */
  readonly dedicated: boolean;
  /** Host name or address under which clients outside the cluster reach the nodes. @default none do */
  readonly externalHost?: string | undefined;
  /** Users of the cluster. @default none */
  readonly users?: readonly Pick<UserSpec, "name" | "secret">[] | undefined;
}

/** Whom a certificate is for, as the program in the services image reads it. */
export interface Holder {
  /** Common name. */
  readonly name: string;
  /** Names and addresses under which it is connected to; none for a client. */
  readonly hosts: readonly string[];
  /** Where the file for its clients says that the brokers are. @default it does not */
  readonly bootstrap?: string;
}

/** The names that a Service has for pods of the cluster, by how far away they are. */
const names = (service: string, namespace: string): string[] => [
  service,
  `${service}.${namespace}`,
  `${service}.${namespace}.svc`,
  `${service}.${namespace}.svc.cluster.local`,
];

/** The names of a StatefulSet's pods: of as many as there may ever be, so that scaling needs no other certificate. */
const pods = (service: string, namespace: string): string[] => names(service, namespace).map((name) => `*.${name}`);

/** Everybody who has a certificate, by the Secret that it is in: its name, with its namespace and / before it where that is not the stack's. */
export function holdersOf({ namespace, dedicated, externalHost, users = [] }: HoldersArgs): Record<string, Holder> {
  const server = (service: string, ...more: readonly string[]) => [
    // Tools that are run in a server's pod, and its own health endpoint.
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
  const bootstrap = `kafka-bootstrap.${namespace}.svc:${PORTS.client}`;
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
