import { userRefusals } from "../../components/kafka/user-refusals";
import { type Rule, told } from "./rule";

/** Who may do what. */
export const userRules: readonly Rule[] = [
  {
    reads: [["users"], ["topics"], ["listeners", "internal", "authentication"], ["cluster", "namespace"]],
    check: (subject) => {
      const { cluster, listeners, topics, users } = subject.config;
      const closed = listeners.internal.authentication === "tls";
      return told(subject, userRefusals(users, { topics, closed, namespace: cluster.namespace }));
    },
  },
];
