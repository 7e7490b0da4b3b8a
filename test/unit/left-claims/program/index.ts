/** A stack that has only what deletes claims of servers that have left, and the end of the change before it. */
import * as k8s from "@pulumi/kubernetes";
import { LeftClaims } from "../../../../components/storage/left-claims";

/** How many servers stay, and which run of the change it is. */
const { replicas, run } = JSON.parse(process.env["WRITTEN"] ?? "{}") as { replicas: number; run: string };

const kubernetes = new k8s.Provider("kubernetes", { enableServerSideApply: true, enableConfigMapMutable: true });
const namespace = new k8s.core.v1.Namespace("kafka", { metadata: { name: "kafka" } }, { provider: kubernetes });
const finished = new k8s.core.v1.ConfigMap(
  "finish",
  { metadata: { name: "finish", namespace: namespace.metadata.name }, data: { run } },
  { provider: kubernetes },
);
new LeftClaims(
  "left-claims",
  {
    namespace: namespace.metadata.name,
    instance: "dev",
    pools: [{ pool: "broker", replicas }],
    // Unknown in a preview that creates it, as the name of a Job is.
    left: finished.data.apply(({ run: ran }) => ran ?? ""),
    cluster: {},
  },
  { dependsOn: finished },
);
