import type { V1Container } from "@kubernetes/client-node";
import { isDeepStrictEqual } from "node:util";
import { called, objects, workloads, type Workload } from "../../support/objects";
import type { Recording } from "../../support/recording";
import { containerOf, draft, inputsOf, inside, podOf, type Invariants } from "./invariant";

/** Checks each container of each workload. */
function eachContainer(wrong: (container: V1Container, workload: Workload) => string | undefined) {
  return (recording: Recording): string[] =>
    workloads(recording).flatMap((workload) =>
      workload.containers.flatMap((container) => {
        const problem = wrong(container, workload);
        return problem === undefined ? [] : [`${called(workload.resource)}, container ${container.name}: ${problem}`];
      }),
    );
}

/** Checks each workload's pod. */
function eachPod(wrong: (workload: Workload) => string | undefined) {
  return (recording: Recording): string[] =>
    workloads(recording).flatMap((workload) => {
      const problem = wrong(workload);
      return problem === undefined ? [] : [`${called(workload.resource)}: ${problem}`];
    });
}

const NODE_READER = [{ apiGroups: [""], resources: ["nodes"], verbs: ["get"] }];

/** The rights of an account that maintains certificates: Kubernetes cannot restrict creation by name. */
const keepsCertificates = (rules: unknown): boolean => {
  const [held] = rules as { resourceNames?: string[] }[];
  const resourceNames =
    held?.resourceNames?.filter((name) =>
      /^kafka-(ca|tls-(broker|controller|ops|kproducer|kconsumer|lag-exporter|client)|user-[a-z0-9.-]+)$/.test(name),
    ) ?? [];
  return isDeepStrictEqual(rules, [
    { apiGroups: [""], resources: ["secrets"], resourceNames, verbs: ["get", "update"] },
    { apiGroups: [""], resources: ["secrets"], verbs: ["create"] },
  ]);
};
const REQUESTS = ["cpu", "memory", "ephemeral-storage"];
const LIMITS = ["memory", "ephemeral-storage"];
const DIGEST = /^[^\s@]+\/[^\s@:]+@sha256:[0-9a-f]{64}$/;

/** Only the Jobs that create directories on nodes may do what `restricted` forbids; they have their own namespace. */
const isDirectories = ({ resource }: Workload): boolean =>
  resource.parent?.includes("kafka-stack:storage:VolumeDirectories") ?? false;

/** Invariants of every container. */
export const containers: Invariants = {
  "every container has requests, a memory limit and a limit on the node's disk": {
    check: eachContainer(({ resources }) => {
      const missing = [
        ...REQUESTS.filter((name) => !resources?.requests?.[name]).map((name) => `requests.${name}`),
        ...LIMITS.filter((name) => !resources?.limits?.[name]).map((name) => `limits.${name}`),
      ];
      return missing.length > 0 ? `has no ${missing.join(", ")}` : undefined;
    }),
    breaks: (resources) => delete inside(containerOf(resources, "Job"), "resources", "limits")["memory"],
  },
  "every container that serves has startup, readiness and liveness probes": {
    check: eachContainer((container, { serves, pod }) => {
      if (pod.initContainers?.includes(container)) return undefined;
      const missing = (["startupProbe", "readinessProbe", "livenessProbe"] as const).filter(
        (probe) => !container[probe],
      );
      return serves && missing.length > 0 ? `has no ${missing.join(", ")}` : undefined;
    }),
    breaks: (resources) => delete containerOf(resources, "Deployment")["readinessProbe"],
  },
  "no probe starts a process": {
    check: eachContainer((container) =>
      [container.startupProbe, container.readinessProbe, container.livenessProbe].some((probe) => probe?.exec)
        ? "has a probe with exec"
        : undefined,
    ),
    breaks: (resources) => (containerOf(resources, "StatefulSet")["livenessProbe"] = { exec: { command: ["true"] } }),
  },
  "every image is named by digest": {
    check: eachContainer(({ image }) => (DIGEST.test(image ?? "") ? undefined : `has the image ${String(image)}`)),
    breaks: (resources) => (containerOf(resources, "Deployment")["image"] = "localhost:31500/services:latest"),
  },
  "every container is restricted: no escalation, no capabilities, a read-only root file system": {
    check: eachContainer(({ securityContext }, workload) => {
      const wrong = [
        securityContext?.allowPrivilegeEscalation === false ? [] : "may escalate",
        securityContext?.readOnlyRootFilesystem === true ? [] : "can write its root file system",
        securityContext?.capabilities?.drop?.includes("ALL") === true ? [] : "keeps capabilities",
        securityContext?.capabilities?.add === undefined || isDirectories(workload) ? [] : "adds capabilities",
        securityContext?.privileged === undefined ? [] : "sets privileged",
      ].flat();
      return wrong.length > 0 ? wrong.join(", ") : undefined;
    }),
    breaks: (resources) =>
      (inside(containerOf(resources, "StatefulSet"), "securityContext")["readOnlyRootFilesystem"] = false),
  },
  "every pod is restricted: not root, the runtime's seccomp profile, nothing of the node": {
    check: eachPod((workload) => {
      const { securityContext, hostNetwork, hostPID, hostIPC, volumes = [] } = workload.pod;
      const allowed = isDirectories(workload);
      const wrong = [
        allowed || (securityContext?.runAsNonRoot === true && (securityContext.runAsUser ?? 0) > 0)
          ? []
          : "may run as root",
        securityContext?.seccompProfile?.type === "RuntimeDefault" ? [] : "has no seccomp profile",
        hostNetwork === undefined && hostPID === undefined && hostIPC === undefined ? [] : "uses the node's namespaces",
        allowed || volumes.every(({ hostPath }) => hostPath === undefined) ? [] : "mounts a directory of the node",
      ].flat();
      return wrong.length > 0 ? wrong.join(", ") : undefined;
    }),
    breaks: (resources) => (inside(podOf(resources, "Job", "finish"), "securityContext")["runAsUser"] = 0),
  },
  "no container that connects or serves has a service-account token, and no pod environment variables of other Services":
    {
      check: eachPod(({ pod, resource }) => {
        // The Job for certificates does nothing else.
        const alone = resource.parent?.includes("kafka-stack:certificates:Certificates") === true;
        const tokens = (pod.volumes ?? []).filter(({ projected }) =>
          projected?.sources?.some(({ serviceAccountToken }) => serviceAccountToken),
        );
        const given = pod.containers.some(({ volumeMounts }) =>
          volumeMounts?.some(({ name }) => tokens.some((token) => token.name === name)),
        );
        const quiet = pod.automountServiceAccountToken === false && pod.enableServiceLinks === false;
        return quiet && (!given || alone) && (tokens.length > 0 || !pod.serviceAccountName)
          ? undefined
          : "has a token or service links";
      }),
      breaks: (resources) => delete podOf(resources, "StatefulSet")["automountServiceAccountToken"],
    },
  "an account of the stack may get nodes or maintain certificates, and nothing else": {
    check: (recording) =>
      objects(recording, "ClusterRole", "Role").flatMap(({ resource }) =>
        JSON.stringify(resource.inputs["rules"]) === JSON.stringify(NODE_READER) ||
        keepsCertificates(resource.inputs["rules"])
          ? []
          : [`${called(resource)} may do more`],
      ),
    breaks: (resources) => {
      const job = draft(resources, "Job");
      resources.push({ ...job, type: "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole", inputs: { rules: [] } });
    },
  },
  "no Job fails by a rule that Pulumi's provider does not notice, and every one says why it ended": {
    check: (recording) =>
      workloads(recording, "Job").flatMap(({ resource, spec, pod }) => {
        const rules = (spec as { podFailurePolicy?: { rules?: { action: string }[] } }).podFailurePolicy?.rules ?? [];
        const silent = pod.containers.some(({ terminationMessagePolicy }) => terminationMessagePolicy === undefined);
        return [
          ...(rules.some(({ action }) => action !== "Ignore") ? [`${called(resource)} has a rule that fails it`] : []),
          ...(silent ? [`${called(resource)} does not say why it ended`] : []),
        ];
      }),
    breaks: (resources) => delete containerOf(resources, "Job")["terminationMessagePolicy"],
  },
  "every pod has the labels of its workload": {
    check: eachPod(({ template, metadata }) =>
      Object.entries(metadata.labels ?? {}).every(([key, value]) => template.metadata?.labels?.[key] === value)
        ? undefined
        : "its pods have other labels",
    ),
    breaks: (resources) =>
      delete inside(inputsOf(resources, "Deployment"), "spec", "template", "metadata", "labels")[
        "app.kubernetes.io/name"
      ],
  },
  "every emptyDir has a size limit": {
    check: eachPod(({ pod }) =>
      (pod.volumes ?? []).every(({ emptyDir }) => emptyDir === undefined || emptyDir.sizeLimit !== undefined)
        ? undefined
        : "has an emptyDir without a size limit",
    ),
    breaks: (resources) => (podOf(resources, "StatefulSet")["volumes"] = [{ name: "tmp", emptyDir: {} }]),
  },
};
