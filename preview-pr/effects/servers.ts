import { replicasOf, workloadOf } from "../../policy/model";
import { type Effect, type ObjectChange, touches } from "./effect";
import { podNames } from "./pods";

/** What a change of a StatefulSet does to the data of its servers. */
export function serverEffects(change: ObjectChange): Effect[] {
  if (change.kind !== "StatefulSet") {
    return [];
  }
  return texts(change).map((text) => ({ subject: change.subject, text }));
}

function texts(change: ObjectChange): string[] {
  const { before, after } = change;
  if (before === undefined) {
    return [];
  }
  if (after === undefined) {
    return [`goes; the claims of its servers ${fateOf(change, "whenDeleted")}`];
  }
  const [old, now] = [workloadOf(before), workloadOf(after)];
  const [was = 0, is = 0] = [old && replicasOf(old), now && replicasOf(now)];
  const removed = was > is ? podNames(before.name, is, was) : undefined;
  return [
    ...(removed === undefined ? [] : [`loses ${removed}; their claims ${fateOf(change, "whenScaled")}`]),
    ...(touches(change, "spec", "volumeClaimTemplates")
      ? ["is replaced, as its claim templates change; its claims stay"]
      : []),
    ...retention(change),
    ...mounts(change),
  ];
}

function retention({ before, after }: ObjectChange): string[] {
  return WHEN.flatMap((when) =>
    !deletes(before, when) && deletes(after, when) ? [`deletes claims and their data from now on (${when})`] : [],
  );
}

/** Data of a claim that is mounted at another path is no longer found. */
function mounts(change: ObjectChange): string[] {
  const [was, is] = [change.before, change.after].map((object) => {
    const claims = object?.properties.at("spec", "volumeClaimTemplates").items() ?? [];
    const names = claims.map((claim) => claim.at("metadata", "name").text);
    const workload = object && workloadOf(object);
    const mounted = workload?.containers.flatMap(({ value }) => value.at("volumeMounts").items()) ?? [];
    return new Map(
      mounted
        .map((mount): [string, string] => [mount.at("name").text ?? "", mount.at("mountPath").text ?? ""])
        .filter(([name]) => names.includes(name)),
    );
  });
  return [...(was ?? [])]
    .filter(([name, path]) => is?.get(name) !== path)
    .map(([name, path]) => `mounts the claim ${name} at ${is?.get(name) ?? "no path"} instead of ${path}`);
}

function fateOf({ before, after }: ObjectChange, when: When): string {
  // The policy in the update applies when the servers are removed.
  return deletes(after ?? before, when) ? "are deleted, and their data with them" : "stay, and their data with them";
}

const WHEN = ["whenScaled", "whenDeleted"] as const;

type When = (typeof WHEN)[number];

/** Whether claims go with their servers: Kubernetes deletes them, or the stack does once servers have left, as an annotation says. */
function deletes(set: ObjectChange["before"], when: When): boolean {
  const policy = set?.properties.at("spec", "persistentVolumeClaimRetentionPolicy", when);
  const marked = set?.properties.at("metadata", "annotations", "kafka-stack/when-scaled");
  return policy?.is("Delete") === true || (when === "whenScaled" && marked?.is("delete") === true);
}
