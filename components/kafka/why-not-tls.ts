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
