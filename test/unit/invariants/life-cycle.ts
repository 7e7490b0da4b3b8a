import { waitsFor } from "../../support/graph";
import { called, objects, workloads } from "../../support/objects";
import { draft, inputsOf, inside, podOf, type Invariants } from "./invariant";

/** What may be changed by somebody else, or not at all, and is therefore ignored: by kind. */
const IGNORED: Readonly<Record<string, readonly string[]>> = {
  PersistentVolumeClaim: ["spec.resources.requests.storage", "spec.volumeName"],
  // With autoscaling only.
  Deployment: ["spec.replicas"],
};

/** What decides how an object is replaced, how long it may take to go, and what goes before it. */
export const lifeCycle: Invariants = {
  "what has a fixed name goes before its successor comes, and a Job of operations, all else after": {
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
  "what cannot be changed in place has no fixed name": {
    check: (recording) =>
      objects(recording).flatMap(({ resource, kind, metadata }) =>
        (kind === "Job" || resource.inputs["immutable"] === true) && metadata.name !== undefined
          ? [`${called(resource)} is always called ${metadata.name}`]
          : [],
      ),
    breaks: (resources) => (inside(inputsOf(resources, "Job"), "metadata")["name"] = "prepare"),
  },
  "every Job that failed is made anew": {
    check: (recording) =>
      objects(recording, "Job").flatMap(({ resource, metadata }) =>
        metadata.annotations?.["pulumi.com/replaceUnready"] === "true"
          ? []
          : [`${called(resource)} is waited for again`],
      ),
    breaks: (resources) => delete inside(inputsOf(resources, "Job"), "metadata")["annotations"],
  },
  "changes are ignored of nothing but what is listed": {
    check: (recording) =>
      recording.resources.flatMap((resource) => {
        const allowed = IGNORED[resource.type.split(":").at(-1) ?? ""] ?? [];
        const others = resource.ignoreChanges.filter((path) => !allowed.includes(path));
        return others.length > 0 ? [`${called(resource)} ignores ${others.join(", ")}`] : [];
      }),
    breaks: (resources) => (draft(resources, "StatefulSet").ignoreChanges = ["spec.replicas"]),
  },
  "a StatefulSet goes before its claims, and a claim before its volume": {
    check: (recording) => {
      const claims = objects(recording, "PersistentVolumeClaim");
      const kept = workloads(recording, "StatefulSet").flatMap(({ resource, metadata }) => {
        const before = waitsFor(recording, resource);
        const ofPool = new RegExp(`-${metadata.name ?? ""}-\\d+$`);
        return claims
          .filter((claim) => ofPool.test(claim.metadata.name ?? "") && !before.has(claim.resource.urn))
          .map((claim) => `${called(claim.resource)} goes before ${called(resource)}`);
      });
      const bound = objects(recording, "PersistentVolume").flatMap(({ resource, spec }) => {
        const { name } = spec["claimRef"] as { name: string };
        const claim = claims.find(({ metadata }) => metadata.name === name);
        return claim && waitsFor(recording, claim.resource).has(resource.urn)
          ? []
          : [`${called(resource)} goes too early`];
      });
      return [...kept, ...bound];
    },
    breaks: (resources) => (draft(resources, "PersistentVolumeClaim").dependencies = []),
  },
  "a volume is freed of its earlier claim before a claim that names it is made": {
    check: (recording) =>
      objects(recording, "PersistentVolumeClaim").flatMap(({ resource, spec }) =>
        spec["volumeName"] !== undefined && resource.beforeCreate.length === 0
          ? [`${called(resource)} would wait for a volume that is Released`]
          : [],
      ),
    breaks: (resources) => (draft(resources, "PersistentVolumeClaim").beforeCreate = []),
  },
  "Pulumi waits for a StatefulSet's end longer than its pods may take": {
    check: (recording) =>
      workloads(recording, "StatefulSet").flatMap(({ resource, pod }) => {
        const least = pod.terminationGracePeriodSeconds ?? 30;
        return (resource.timeouts.delete ?? 0) > least ? [] : [`${called(resource)} is given up before ${least} s`];
      }),
    breaks: (resources) => (podOf(resources, "StatefulSet")["terminationGracePeriodSeconds"] = 3600),
  },
};
