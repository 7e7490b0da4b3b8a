import { z } from "zod";
import { type RightSpec, WORDS } from "../components/users/user";
import { BOUNDS } from "../components/kubernetes/bounds";
import { DNS_LABEL, DNS_SUBDOMAIN } from "../components/kubernetes/names";
import { QUOTA_BOUNDS, USER_NAME } from "../components/kafka/user-refusals";
import { flag, integer, pattern, text } from "./values";

const named = (what: string) => text(what).exactOptional();

const right = z.strictObject(
  {
    topic: named("the name of a topic, or *").describe("Topic; `*` is every topic."),
    topicPrefix: named("what names of topics begin with").describe("What names of topics begin with."),
    group: named("the id of a consumer group, or *").describe("Consumer group; `*` is every group."),
    groupPrefix: named("what ids of groups begin with").describe("What ids of groups begin with."),
    transactionalId: named("a transactional id, or *").describe("Transactional id; `*` is every one."),
    transactionalIdPrefix: named("what transactional ids begin with").describe("What transactional ids begin with."),
    cluster: flag()
      .exactOptional()
      .describe("Whether it is a right on the cluster: its settings, and topics in general."),
    allow: z
      .array(z.enum(WORDS as [RightSpec["allow"][number]], `one of ${WORDS.join(", ")}`), "a list of operations")
      .describe(
        "What may be done with each of them: `produce`, `consume`, `all`, or Kafka's own operations. Each word holds for those resources that know it.",
      ),
  },
  "topic, topicPrefix, group, groupPrefix, transactionalId, transactionalIdPrefix, cluster and allow",
);

const quota = (key: keyof typeof QUOTA_BOUNDS) => integer(...QUOTA_BOUNDS[key]).exactOptional();

/** One user. */
export const user = z.strictObject(
  {
    name: pattern(...USER_NAME).describe("Name of the user, by which Kafka knows it: `User:<name>`."),
    authentication: z
      .enum(["tls", "scram-sha-512"], "tls or scram-sha-512")
      .default("tls")
      .describe(
        "What the user is known by: a certificate of the stack's own authority (tls), or a password (scram-sha-512), at port 9096.",
      ),
    rotate: integer(...BOUNDS.rotate)
      .exactOptional()
      .describe(
        "Which password it has: a higher number is a new one, while the one before it still works. Default: 1.",
      ),
    rights: z.array(right, "a list of rights").describe("All that it may do."),
    quotas: z
      .strictObject(
        {
          producerByteRate: quota("producerByteRate").describe("Bytes per second that it may write to each broker."),
          consumerByteRate: quota("consumerByteRate").describe("Bytes per second that it may read from each broker."),
          requestPercentage: quota("requestPercentage").describe(
            "Percent of the time of one thread that its requests may take of each broker.",
          ),
          controllerMutationRate: quota("controllerMutationRate").describe(
            "Partitions per second that it may have created and deleted.",
          ),
        },
        "producerByteRate, consumerByteRate, requestPercentage and controllerMutationRate",
      )
      .exactOptional()
      .describe("How much it may take. Default: as much as there is."),
    secret: z
      .strictObject(
        {
          namespace: pattern(DNS_LABEL, "the name of a namespace")
            .exactOptional()
            .describe("Namespace, which must exist. Default: that of the stack."),
          name: pattern(DNS_SUBDOMAIN, "the name of a Secret")
            .exactOptional()
            .describe("Name of the Secret. Default: kafka-user-<name>."),
        },
        "namespace and name",
      )
      .exactOptional()
      .describe(
        "Where its certificate goes, with its key, or its password; with the authority's certificate and a `client.properties`.",
      ),
  },
  "name, authentication, rotate, rights, quotas and secret",
);
