import { waitsFor } from "../../support/graph";
import { called, objects, workloads } from "../../support/objects";
import { draft, inputsOf, inside, podOf, type Invariants } from "./invariant";

/** Ignored changes by kind: fields that somebody else may change, or nobody. */
const IGNORED: Readonly<Record<string, readonly string[]>> = {
  PersistentVolumeClaim: ["spec.resources.requests.storage", "spec.volumeName"],
  // The key for orders is random, and made once.
  Secret: ["data"],
  // With autoscaling only.
  Deployment: ["spec.replicas"],
};

/** Invariants of replacement and deletion: order and time limits. */
export const lifeCycle: Invariants = {
  "an object with a fixed name is deleted before its replacement, as is a Job of operations; all others after": {
    check: (recording) =>
      objects(recording).flatMap(({ resource, kind, metadata }) => {
        // Two of these Jobs at once would move partitions against each other.
        const operations = kind === "Job" && resource.parent?.includes("kafka-stack:operations:OpsJob") === true;
        const first = metadata.name !== undefined || operations;
        return (resource.deleteBeforeReplace ?? false) === first
          ? []
          : [`${called(resource)} ${first ? "is not deleted" : "is deleted"} before it is replaced`];
      }),
    breaks: (resources) =>
      delete (draft(resources, "StatefulSet") as { deleteBeforeReplace?: boolean }).deleteBeforeReplace,
  },
  "an immutable object has no fixed name": {
    check: (recording) =>
      objects(recording).flatMap(({ resource, kind, metadata }) =>
        (kind === "Job" || resource.inputs["immutable"] === true) && metadata.name !== undefined
          ? [`${called(resource)} has the fixed name ${metadata.name}`]
          : [],
      ),
    breaks: (resources) => (inside(inputsOf(resources, "Job"), "metadata")["name"] = "prepare"),
  },
  "every failed Job is replaced": {
    check: (recording) =>
      objects(recording, "Job").flatMap(({ resource, metadata }) =>
        metadata.annotations?.["pulumi.com/replaceUnready"] === "true"
          ? []
          : [`${called(resource)} is only awaited again`],
      ),
    breaks: (resources) => delete inside(inputsOf(resources, "Job"), "metadata")["annotations"],
  },
  "only listed changes are ignored": {
    check: (recording) =>
      recording.resources.flatMap((resource) => {
        const allowed = IGNORED[resource.type.split(":").at(-1) ?? ""] ?? [];
        const others = resource.ignoreChanges.filter((path) => !allowed.includes(path));
        return others.length > 0 ? [`${called(resource)} ignores ${others.join(", ")}`] : [];
      }),
    breaks: (resources) => (draft(resources, "StatefulSet").ignoreChanges = ["spec.replicas"]),
  },
  "a StatefulSet is deleted before its claims, and a claim before its volume": {
    check: (recording) => {
      const claims = objects(recording, "PersistentVolumeClaim");
      const kept = workloads(recording, "StatefulSet").flatMap(({ resource, metadata }) => {
        const before = waitsFor(recording, resource);
        const ofPool = new RegExp(`-${metadata.name ?? ""}-\\d+$`);
        return claims
          .filter((claim) => ofPool.test(claim.metadata.name ?? "") && !before.has(claim.resource.urn))
          .map((claim) => `${called(claim.resource)} is deleted before ${called(resource)}`);
      });
      const bound = objects(recording, "PersistentVolume").flatMap(({ resource, spec }) => {
        const { name } = spec["claimRef"] as { name: string };
        const claim = claims.find(({ metadata }) => metadata.name === name);
        return claim && waitsFor(recording, claim.resource).has(resource.urn)
          ? []
          : [`${called(resource)} is deleted too early`];
      });
      return [...kept, ...bound];
    },
    breaks: (resources) => (draft(resources, "PersistentVolumeClaim").dependencies = []),
  },
  "a volume is freed of its earlier claim before a claim that names it is created": {
    check: (recording) =>
      objects(recording, "PersistentVolumeClaim").flatMap(({ resource, spec }) =>
        spec["volumeName"] !== undefined && resource.beforeCreate.length === 0
          ? [`${called(resource)} would wait for a volume that is Released`]
          : [],
      ),
    breaks: (resources) => (draft(resources, "PersistentVolumeClaim").beforeCreate = []),
  },
  "Pulumi waits longer for a StatefulSet's end than its pods may take": {
    check: (recording) =>
      workloads(recording, "StatefulSet").flatMap(({ resource, pod }) => {
        const least = pod.terminationGracePeriodSeconds ?? 30;
        return (resource.timeouts.delete ?? 0) > least ? [] : [`${called(resource)} is given up before ${least} s`];
      }),
    breaks: (resources) => (podOf(resources, "StatefulSet")["terminationGracePeriodSeconds"] = 3600),
  },
};
