import { hasPassword, type UserSpec } from "../users/user";
import { featuresOf } from "./versions";

/** Why a cluster cannot have TLS; undefined when it can. */
export function whyNotTls(mode: "kraft" | "zookeeper", version: string): string | undefined {
  if (mode === "zookeeper") {
    return "brokers would be closed, and ZooKeeper, which can do as much to the cluster, would stay open on 2181; it is for mode kraft";
  }
  if (!featuresOf(version).onlyKraft) {
    return `Kafka ${version} has never been run with it here, and its tools take a certificate by other options; it is for Kafka 4`;
  }
  return undefined;
}

/** Why clients outside cannot be known by what is written; undefined when they can. */
export function whyNotOutside(
  authentication: "tls" | "scram-sha-512" | undefined,
  { closed, users }: { readonly closed: boolean; readonly users: readonly Pick<UserSpec, "authentication">[] },
): string | undefined {
  if (authentication === undefined) return undefined;
  if (!closed) {
    return "only a closed stack asks who clients are: it needs authentication tls (listeners.internal.authentication in a stack file); see docs/security.md";
  }
  if (authentication === "scram-sha-512" && !users.some(hasPassword)) {
    return "no user has a password (authentication scram-sha-512), so that nobody could log in";
  }
  return undefined;
}
