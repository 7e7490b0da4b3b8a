import {
  hasPassword,
  OPERATIONS,
  type Operation,
  type QuotaSpec,
  type RightResource,
  type RightSpec,
  SHORT_WORDS,
  type UserSpec,
} from "./user";

/** A user's operations on one resource, or on those with a prefix, in the document of the Jobs. */
export interface Acl {
  /** Kind of the resource. */
  readonly resource: RightResource;
  /** Whether `name` is the whole name, or what names begin with. */
  readonly pattern: "literal" | "prefixed";
  /** Name of the resource, or the prefix; `*` is every name. */
  readonly name: string;
  /** The allowed operations. */
  readonly operations: readonly Operation[];
}

/** A user's rights and quotas in the document of the Jobs. */
export interface Access {
  /** The user's name, without `User:`. */
  readonly name: string;
  /** Which of its passwords it has. @default it has a certificate */
  readonly scram?: number | undefined;
  /** All rights of the user. */
  readonly acls: readonly Acl[];
  /** Values by Kafka's names of quotas; no limit where there is none. */
  readonly quotas: Readonly<Record<string, number>>;
}

/** A resource that a right names. */
export interface NamedResource extends Pick<Acl, "resource" | "pattern" | "name"> {
  /** Key of the right that names it. */
  readonly key: keyof RightSpec;
}

/** The one name that Kafka gives to the cluster as a resource. */
const CLUSTER = "kafka-cluster";

const KEYS = [
  ["topic", "topic", "literal"],
  ["topicPrefix", "topic", "prefixed"],
  ["group", "group", "literal"],
  ["groupPrefix", "group", "prefixed"],
  ["transactionalId", "transactionalId", "literal"],
  ["transactionalIdPrefix", "transactionalId", "prefixed"],
] as const;

/** The resources that a right names. */
export function resourcesOf(right: RightSpec): NamedResource[] {
  const named = KEYS.flatMap(([key, resource, pattern]): NamedResource[] => {
    const name = right[key];
    return name === undefined ? [] : [{ key, resource, pattern, name }];
  });
  const cluster = { key: "cluster", resource: "cluster", pattern: "literal", name: CLUSTER } as const;
  return right.cluster === true ? [...named, cluster] : named;
}

/** What a word of `allow` allows on a kind of resource; nothing when the two do not go together. */
export function operationsOf(word: RightSpec["allow"][number], resource: RightResource): readonly Operation[] {
  if (Object.hasOwn(SHORT_WORDS, word)) {
    const short: Partial<Record<RightResource, readonly Operation[]>> = SHORT_WORDS[word as keyof typeof SHORT_WORDS];
    return short[resource] ?? [];
  }
  return OPERATIONS[resource].filter((operation) => operation === word);
}

/** Rights as ACLs: one for each resource, in the order of their writing. */
export function aclsOf(rights: readonly RightSpec[]): Acl[] {
  const acls = new Map<string, Acl>();
  for (const right of rights) {
    for (const { resource, pattern, name } of resourcesOf(right)) {
      const key = JSON.stringify([resource, pattern, name]);
      const allowed = right.allow.flatMap((word) => operationsOf(word, resource));
      const operations = [...new Set([...(acls.get(key)?.operations ?? []), ...allowed])];
      acls.set(key, { resource, pattern, name, operations });
    }
  }
  return [...acls.values()];
}

const QUOTAS = {
  producerByteRate: "producer_byte_rate",
  consumerByteRate: "consumer_byte_rate",
  requestPercentage: "request_percentage",
  controllerMutationRate: "controller_mutation_rate",
} as const satisfies Record<keyof QuotaSpec, string>;

/** Quotas by Kafka's names. */
const quotasOf = (quotas: QuotaSpec = {}): Record<string, number> =>
  Object.fromEntries(
    Object.entries(QUOTAS).flatMap(([key, name]) => {
      const value = quotas[key as keyof QuotaSpec];
      return value === undefined ? [] : [[name, value]];
    }),
  );

/** What a user may do, and how much of it. */
export const accessOf = ({ name, authentication, rotate = 1, rights, quotas }: UserSpec): Access => ({
  name,
  ...(hasPassword({ authentication }) && { scram: rotate }),
  acls: aclsOf(rights),
  quotas: quotasOf(quotas),
});
