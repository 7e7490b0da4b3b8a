import {
  type Acl,
  AclOperations,
  type AclOperationValue,
  AclPermissionTypes,
  createAclsV3,
  deleteAclsV3,
  describeAclsV3,
  ResourcePatternTypes,
  ResourceTypes,
} from "@platformatic/kafka";
import type { Cluster } from "../cluster.js";
import { isKafkaError } from "../../kafka/errors.js";
import { RefusedError } from "../refused.js";
import type { DeclaredUser, Operation, Resource } from "./declared.js";

export type { Acl };

/** ACLs of one request: far below the 10,000 records that a controller writes for one. */
const BATCH = 1_000;

const RESOURCES = {
  topic: ResourceTypes.TOPIC,
  group: ResourceTypes.GROUP,
  transactionalId: ResourceTypes.TRANSACTIONAL_ID,
  cluster: ResourceTypes.CLUSTER,
} as const satisfies Record<Resource, number>;

/** The operations under Kafka's names. */
const OPERATION_NUMBERS = {
  read: AclOperations.READ,
  write: AclOperations.WRITE,
  create: AclOperations.CREATE,
  delete: AclOperations.DELETE,
  alter: AclOperations.ALTER,
  describe: AclOperations.DESCRIBE,
  describeConfigs: AclOperations.DESCRIBE_CONFIGS,
  alterConfigs: AclOperations.ALTER_CONFIGS,
  idempotentWrite: AclOperations.IDEMPOTENT_WRITE,
} as const satisfies Record<Operation, number>;

/** The principal of a user. */
export const principalOf = (name: string): string => `User:${name}`;

/** The user of a principal. */
export const userOf = ({ principal }: Acl): string => principal.replace(/^User:/, "");

/** The ACLs of a declared user as Kafka has them: to allow, from every address. */
export const aclsOf = ({ name: user, acls }: DeclaredUser): Acl[] =>
  acls.flatMap(({ resource, pattern, name, operations }) =>
    operations.map((operation) => ({
      resourceType: RESOURCES[resource],
      resourceName: name,
      resourcePatternType: pattern === "literal" ? ResourcePatternTypes.LITERAL : ResourcePatternTypes.PREFIXED,
      principal: principalOf(user),
      host: "*",
      operation: OPERATION_NUMBERS[operation],
      permissionType: AclPermissionTypes.ALLOW,
    })),
  );

/** Equal for equal ACLs only. */
export const keyOf = (acl: Acl): string =>
  JSON.stringify([
    acl.principal,
    acl.resourceType,
    acl.resourcePatternType,
    acl.resourceName,
    acl.operation,
    acl.permissionType,
    acl.host,
  ]);

const nameIn = (names: Readonly<Record<string, number>>, number: number): string | undefined =>
  Object.entries(names).find(([, value]) => value === number)?.[0];

/** A number's name in the stack file, else Kafka's own. */
const inWords = (
  own: Readonly<Record<string, number>>,
  all: Readonly<Record<string, number>>,
  number: number,
): string => nameIn(own, number) ?? nameIn(all, number)?.toLowerCase() ?? `number ${number}`;

/** An ACL for people, without whom it is for: `read topic orders`. */
export function describeAcl(acl: Acl): string {
  const { resourceType, resourceName, resourcePatternType, operation, permissionType, host } = acl;
  const what = inWords(OPERATION_NUMBERS, AclOperations, operation);
  const kind = inWords(RESOURCES, ResourceTypes, resourceType);
  const name = resourceType === ResourceTypes.CLUSTER ? "" : ` ${resourceName}`;
  const prefix = resourcePatternType === ResourcePatternTypes.PREFIXED ? "*" : "";
  return [
    permissionType === AclPermissionTypes.DENY ? "deny " : "",
    `${what} ${kind}${name}${prefix}`,
    host === "*" ? "" : ` from ${host}`,
  ].join("");
}

/** What matches every ACL. */
const ALL = {
  resourceType: ResourceTypes.ANY,
  resourceName: null,
  resourcePatternType: ResourcePatternTypes.ANY,
  principal: null,
  host: null,
  operation: AclOperations.ANY as AclOperationValue,
  permissionType: AclPermissionTypes.ANY,
};

const flat = ({ resources }: describeAclsV3.DescribeAclsResponse): Acl[] =>
  resources.flatMap(({ acls, ...target }) => acls.map((permission) => ({ ...target, ...permission })));

/** All ACLs of the cluster. @throws RefusedError when it has no authorizer, or does not answer */
export async function readAcls(cluster: Cluster): Promise<Acl[]> {
  try {
    return flat(await cluster.request("reading ACLs", "any", describeAclsV3.api, ALL));
  } catch (error) {
    if (!(error instanceof RefusedError) || !isKafkaError(error.cause, "SECURITY_DISABLED")) throw error;
    throw new RefusedError(
      "The brokers have no authorizer, so that nobody's rights can be told or set: only a stack with listeners.internal.authentication tls has users.",
    );
  }
}

/** All ACLs that one broker knows; undefined when it is not there. */
export async function aclsKnownTo(cluster: Cluster, broker: number): Promise<Acl[] | undefined> {
  const answer = await cluster.ask(broker, describeAclsV3.api, ALL);
  return answer && flat(answer);
}

/** Creates ACLs; one that is there is no error. */
export async function createAcls(cluster: Cluster, acls: readonly Acl[]): Promise<void> {
  for (const batch of batches(acls)) await cluster.request("creating ACLs", "controller", createAclsV3.api, batch);
}

/** Deletes ACLs; one that is gone is no error. */
export async function deleteAcls(cluster: Cluster, acls: readonly Acl[]): Promise<void> {
  for (const batch of batches(acls)) await cluster.request("deleting ACLs", "controller", deleteAclsV3.api, batch);
}

const batches = (acls: readonly Acl[]): Acl[][] =>
  Array.from({ length: Math.ceil(acls.length / BATCH) }, (_, index) => acls.slice(index * BATCH, (index + 1) * BATCH));
