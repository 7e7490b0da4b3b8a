import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { ImmutableSettingsGuard, ImmutableSettingsRecord, SecuredNamespace } from "../../../../components";
import { immutableSettingsOf, refusals } from "../../../../config/immutable-settings";
import { hasData, judge } from "../../../../config/judge";
import { parseConfig } from "../../../../config/parse";

/** The stack file, and the context of the cluster. */
const { context, ...written } = JSON.parse(process.env["WRITTEN"] ?? "{}") as Record<string, unknown>;
const parsed = parseConfig(written);
if (!parsed.ok) throw new Error(JSON.stringify(parsed));
const { config } = parsed;
const cluster = typeof context === "string" ? { context } : {};

const target = { ...cluster, enableServerSideApply: true, enableConfigMapMutable: true };
const kubernetes = new k8s.Provider("kubernetes", target);
const adopting = new k8s.Provider("kubernetes-adopting", { ...target, upsertExistingObjects: true });
const instance = "dev";
const recordNamespace = (servers: string) => `${servers}-volumes`;
const settings = immutableSettingsOf(config, config.cluster.id ?? "A".repeat(22));
const { agreed } = new ImmutableSettingsGuard("choices-gate", {
  settings,
  namespace: config.cluster.namespace,
  recordNamespace,
  owner: { owner: `${pulumi.getProject()}/${pulumi.getStack()}`, instance },
  cluster,
  judge,
  judgeUnasked: refusals,
  hasData,
  help: "read on",
});
const space = (name: string, namespace: string, provider: k8s.Provider) =>
  new SecuredNamespace(name, { name: namespace, instance, cluster }, { providers: [provider], dependsOn: agreed });
const volumes = space("volumes", recordNamespace(config.cluster.namespace), kubernetes);
const kafka = space("kafka", config.cluster.namespace, adopting);
// Stands for everything in a change that can fail after the agreement.
const servers = new k8s.core.v1.ConfigMap(
  "servers",
  { metadata: { name: "servers", namespace: kafka.namespace }, data: { choices: JSON.stringify(settings) } },
  { provider: kubernetes },
);
new ImmutableSettingsRecord(
  "choices",
  { namespace: volumes.namespace, instance, settings },
  { providers: [kubernetes], dependsOn: servers },
);
