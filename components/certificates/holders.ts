import { KAFKA_PORTS } from "../kubernetes/ports";
import { hasPassword, type UserSpec, userSecret } from "../users/user";
import { certificateSecret, type CertificateHolder } from "./tls-files";

/** What is asked of a user: who it is, and where its certificate or password goes. */
export type CertifiedUser = Pick<UserSpec, "name" | "authentication" | "rotate" | "secret">;

/** The basis of a stack's certificates. */
export interface HoldersArgs {
  /** Namespace of the stack. */
  readonly namespace: string;
  /** Whether controllers have their own pods. */
  readonly dedicated: boolean;
  /** Host name or address under which clients outside the cluster reach the nodes. @default no such clients */
  readonly externalHost?: string | undefined;
  /** Users of the cluster. @default none */
  readonly users?: readonly CertifiedUser[] | undefined;
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

/** A user with a password, for the program in the services image. */
export interface PasswordHolder {
  /** Name of the user. */
  readonly name: string;
  /** Which of its passwords it has, from 1. */
  readonly generation: number;
  /** Address of the brokers' listener for passwords. */
  readonly bootstrap: string;
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
  const bootstrap = bootstrapOf(namespace, KAFKA_PORTS.client);
  return Object.fromEntries([
    ...holders.map(([holder, hosts]): [string, Holder] => [
      certificateSecret(holder),
      { name: `kafka-${holder}`, hosts },
    ]),
    ...users
      .filter((user) => !hasPassword(user))
      .map((user): [string, Holder] => [placeOf(user), { name: user.name, hosts: [], bootstrap }]),
  ]);
}

/** All users with passwords, as {@link holdersOf}. */
export function passwordsOf({ namespace, users = [] }: HoldersArgs): Record<string, PasswordHolder> {
  const bootstrap = bootstrapOf(namespace, KAFKA_PORTS.scram);
  return Object.fromEntries(
    users
      .filter(hasPassword)
      .map((user) => [placeOf(user), { name: user.name, generation: user.rotate ?? 1, bootstrap }]),
  );
}

const bootstrapOf = (namespace: string, port: number): string => `kafka-bootstrap.${namespace}.svc:${port}`;

const placeOf = ({ name, secret }: CertifiedUser): string =>
  `${secret?.namespace === undefined ? "" : `${secret.namespace}/`}${secret?.name ?? userSecret(name)}`;
