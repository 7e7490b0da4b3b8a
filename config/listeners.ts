import { z } from "zod";
import { DEFAULT_AUTHORITY_WAIT_HOURS } from "../components/certificates/exchange";
import { BOUNDS } from "../components/kubernetes/bounds";
import { DNS_LABEL, LABEL_KEY, LABEL_VALUE } from "../components/kubernetes/names";
import { integer, pattern, text } from "./values";

const LABELS = "a map of at least one Kubernetes label, such as {team: orders}";

/** A label selector. An empty map would select everything, which nobody should get by leaving something out. */
const labels = () =>
  z
    .record(z.string(), pattern(LABEL_VALUE, "the value of a Kubernetes label"), LABELS)
    .refine((map) => Object.keys(map).length > 0 && Object.keys(map).every((name) => LABEL_KEY.test(name)), LABELS);

const CIDR = "a range of addresses such as 10.20.0.0/16";

/** A client of a listener: pods of other namespaces, or addresses. */
const client = z.strictObject(
  {
    namespace: pattern(DNS_LABEL, "the name of a namespace")
      .exactOptional()
      .describe("Namespace whose pods may connect."),
    namespaceLabels: labels().exactOptional().describe("Labels of the namespaces whose pods may connect."),
    podLabels: labels()
      .exactOptional()
      .describe("Labels of the pods there that may connect. Default: all pods of those namespaces."),
    cidr: text(CIDR)
      .exactOptional()
      .describe("Addresses that may connect, for clients that are not pods of the cluster."),
    except: z
      .array(text(CIDR), "a list of ranges of addresses")
      .exactOptional()
      .describe("Addresses among them that may not connect."),
  },
  "namespace, namespaceLabels, podLabels, cidr and except",
);

/** The brokers' listeners. */
export const listeners = z
  .strictObject(
    {
      internal: z
        .strictObject(
          {
            authentication: z
              .enum(["none", "tls"], "none or tls")
              .default("none")
              .describe(
                "How clients and servers authenticate on all listeners, `kafka.external` too: not at all (none), or by certificates of the stack's own authority, over TLS (tls; Kafka 4, mode kraft). It cannot change while servers run: see docs/security.md.",
              ),
            authority: integer(...BOUNDS.authority)
              .default(1)
              .describe(
                "Which authority of the stack signs certificates, where `authentication` is tls. Raise it by one, and a new one takes the place of the one before while servers run: see docs/security.md. It cannot be lowered.",
              ),
            authorityWaitHours: integer(...BOUNDS.authorityWaitHours)
              .default(DEFAULT_AUTHORITY_WAIT_HOURS)
              .describe(
                "Hours that applications have, twice, when the authority is replaced: to trust the new one before servers show its certificates, and then to use certificates of it.",
              ),
            clients: z
              .array(client, "a list of clients")
              .default([])
              .describe(
                "Who may connect besides the pods of the stack's own namespace. Each entry names `namespace` or `namespaceLabels`, with or without `podLabels`, or `cidr`. Default: nobody else.",
              ),
          },
          "authentication, authority, authorityWaitHours and clients",
        )
        .prefault({})
        .describe("The listener for clients in the cluster, `kafka-bootstrap:9092`."),
    },
    "internal",
  )
  .prefault({});

/** An entry of `listeners.internal.clients`. */
export type WrittenClient = z.output<typeof client>;
