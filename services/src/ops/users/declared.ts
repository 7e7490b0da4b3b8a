import { z } from "zod";

/** What a right can be on, and what it can allow, in the words of `cluster.json`. Which of them go together, the stack's component knows; Kafka passes over what does not. */
const acl = z.strictObject({
  resource: z.enum(["topic", "group", "transactionalId", "cluster"]),
  /** Whether `name` is the whole name, or what names begin with. As the whole name, `*` is every name. */
  pattern: z.enum(["literal", "prefixed"]),
  name: z.string().min(1),
  operations: z
    .array(
      z.enum([
        "read",
        "write",
        "create",
        "delete",
        "alter",
        "describe",
        "describeConfigs",
        "alterConfigs",
        "idempotentWrite",
      ]),
    )
    .min(1),
});

const quota = z.number().positive().exactOptional();

const user = z.strictObject({
  name: z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/),
  acls: z.array(acl),
  /** Which of its passwords the user has, from 1. @default it has a certificate */
  scram: z.int().min(1).exactOptional(),
  quotas: z
    .strictObject({
      producer_byte_rate: quota,
      consumer_byte_rate: quota,
      request_percentage: quota,
      controller_mutation_rate: quota,
    })
    .default({}),
});

/** The form of the users in `cluster.json`. */
export const usersForm = z.array(user).refine((all) => new Set(all.map(({ name }) => name)).size === all.length, {
  error: "must not declare a user twice",
});

/** A user as `cluster.json` declares it: what it may do and how much of it. It may nothing else. */
export type DeclaredUser = z.output<typeof user>;

/** Kinds of resources that a right can be on. */
export type Resource = DeclaredUser["acls"][number]["resource"];

/** What a right can allow. */
export type Operation = DeclaredUser["acls"][number]["operations"][number];
