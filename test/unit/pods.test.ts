import type { V1Container } from "@kubernetes/client-node";
import assert from "node:assert/strict";
import { CONTAINERS, DIRECTORIES, LISTENED, VARIABLES, VOLUMES } from "../../components/pods/reserved";
import type { PodKind } from "../../components/kubernetes/pod-overlays";
import { called, roleOf, workloads, type Workload } from "../support/objects";
import { OVERLAYS } from "../support/overlays";
import type { Recorded } from "../support/recording";
import { recordStack, STACKS } from "../support/stacks";

const KINDS: Readonly<Record<string, PodKind>> = { ops: "job", volumes: "job" };
const kindOf = (workload: Workload): PodKind => KINDS[roleOf(workload)] ?? (roleOf(workload) as PodKind);

/** What one part of an object contains and another lacks, by path; entries of lists may be anywhere. */
function missing(own: unknown, laid: unknown, place = ""): string[] {
  if (Array.isArray(own)) {
    const entries = Array.isArray(laid) ? laid : [];
    return own.flatMap((one: unknown, index) =>
      entries.some((entry) => missing(one, entry).length === 0) ? [] : [`${place}[${index}]`],
    );
  }
  if (typeof own !== "object" || own === null) return own === laid ? [] : [`${place}: ${String(own)}`];
  return Object.entries(own).flatMap(([key, value]) =>
    missing(value, (laid as Record<string, unknown> | undefined)?.[key], `${place}.${key}`),
  );
}

/** What an overlay may change of the stack's own fields: times, what depends on them, and what shows that servers restart. */
const CHANGED =
  /\.(terminationGracePeriodSeconds|failureThreshold|kafka-stack\/run-again-for): |preStop\.exec\.command\[1\]$|tool\.command\[3\]$/;

/** What a program says of a resource, without what counts only when it is created, such as a random key. */
const said = ({ urn, inputs, ignoreChanges }: Recorded): unknown[] => [
  urn,
  Object.fromEntries(Object.entries(inputs).filter(([key]) => !ignoreChanges.includes(key))),
];

/** With the lag exporter's pod, and with certificates in every pod. */
const WATCHED = {
  monitoring: { scrape: "annotations", namespaces: ["monitoring"] },
  listeners: { internal: { authentication: "tls" } },
};
const OWN: readonly { what: string; stack: string; set: Record<string, unknown> }[] = [
  ...STACKS.map((stack) => ({ what: `the stack ${stack}`, stack, set: {} })),
  { what: "a closed stack that is watched", stack: "dev", set: WATCHED },
  {
    what: "a closed stack with passwords",
    stack: "dev",
    set: {
      ...WATCHED,
      users: [
        { name: "u", authentication: "scram-sha-512", rights: [{ topic: "chatroom", group: "g", allow: ["consume"] }] },
      ],
    },
  },
];

describe("Overlays of pods", () => {
  for (const stack of STACKS) {
    it(`leave everything of the stack ${stack} in place, and change no other object`, async () => {
      const plain = await recordStack(stack);
      const laid = await recordStack(stack, { set: { pods: await OVERLAYS.of(stack) } });
      const templates = new Map(workloads(laid).map((workload) => [workload.resource.urn, workload]));
      for (const { resource, template } of workloads(plain)) {
        const found = templates.get(resource.urn)?.template;
        const containers = found?.spec?.containers ?? [];
        assert.equal(containers[0]?.name, template.spec?.containers[0]?.name);
        const lost = missing(flat(template), flat(found)).filter((place) => !CHANGED.test(place));
        assert.deepEqual(lost, [], called(resource));
      }
      const others = (recording: typeof plain) =>
        recording.resources
          .filter(({ urn, type }) => !templates.has(urn) && !type.endsWith(":ConfigMap"))
          .map((resource) => JSON.stringify(said(resource)));
      assert.deepEqual(others(laid), others(plain));
    });

    it(`are in every pod of the stack ${stack}`, async () => {
      const laid = await recordStack(stack, { set: { pods: await OVERLAYS.of(stack) } });
      for (const workload of workloads(laid)) {
        const { template, pod, resource } = workload;
        const { labels, annotations, tolerations } = OVERLAYS.all;
        assert.deepEqual(missing(labels, template.metadata?.labels), [], called(resource));
        assert.deepEqual(missing(annotations, template.metadata?.annotations), [], called(resource));
        assert.deepEqual(pod.tolerations, tolerations, called(resource));
        assert.ok(pod.containers[0]?.imagePullPolicy === "Always", called(resource));
        // No kind is the exporter's.
        if (roleOf(workload) === "lag-exporter") continue;
        assert.equal(template.metadata?.labels?.["own"], "yes", called(resource));
        // The volume determines where a directory is created, and that namespace has none of the stack's Secrets and accounts.
        const directories = roleOf(workload) === "volumes";
        assert.equal(pod.priorityClassName, "events");
        assert.equal(pod.nodeSelector?.["pool"], directories ? undefined : "kafka");
        assert.equal(pod.initContainers?.some(({ name }) => name === "before") ?? false, !directories);
        assert.equal(pod.terminationGracePeriodSeconds, directories ? undefined : 300);
        assert.equal(pod.containers.length, kindOf(workload) === "job" ? 1 : 2);
        assert.equal(pod.containers[0].livenessProbe?.failureThreshold, kindOf(workload) === "job" ? undefined : 9);
      }
    });

    it(`are empty in the stack ${stack} when none is written for a kind`, async () => {
      const plain = await recordStack(stack);
      const { resources } = await recordStack(stack, { set: { pods: { all: {}, job: {} } } });
      assert.deepEqual(resources.map(said), plain.resources.map(said));
    });
  }

  for (const { what, stack, set } of OWN) {
    it(`must not use what ${what} has itself: containers, volumes, directories, variables and ports`, async () => {
      for (const workload of workloads(await recordStack(stack, { set }))) {
        const { pod, containers, resource } = workload;
        const [main] = pod.containers as [V1Container];
        const directories = roleOf(workload) === "volumes" ? [] : (main.volumeMounts ?? []);
        assert.deepEqual(
          [
            ...containers.map(({ name }) => name).filter((name) => !CONTAINERS.has(name)),
            ...(pod.volumes ?? []).map(({ name }) => name).filter((name) => !VOLUMES.test(name)),
            ...directories
              .map(({ name, mountPath }) => [name, mountPath] as const)
              .filter(
                ([name, path]) => !VOLUMES.test(name) || !DIRECTORIES.some((own) => `${path}/`.startsWith(`${own}/`)),
              )
              .map(String),
            ...(main.env ?? []).map(({ name }) => name).filter((name) => !VARIABLES.test(name)),
            ...(main.ports ?? [])
              .map(({ containerPort }) => containerPort)
              .filter(
                (port) => Object.hasOwn(LISTENED, kindOf(workload)) && !LISTENED[kindOf(workload)].includes(port),
              ),
          ],
          [],
          `reserve it in components/pods/reserved.ts: ${called(resource)}`,
        );
      }
    });
  }

  it("of all kinds are in the lag exporter's pod", async () => {
    const watched = await recordStack("dev", { set: { ...WATCHED, pods: { all: OVERLAYS.all } } });
    const found = workloads(watched).find((workload) => roleOf(workload) === "lag-exporter");
    assert.deepEqual(missing(OVERLAYS.all.labels, found?.template.metadata?.labels), []);
    assert.deepEqual(found?.pod.tolerations, OVERLAYS.all.tolerations);
  });
});

/** A pod template with its containers by name, so that another container does not stand in for the stack's. */
function flat(template: unknown): unknown {
  const { metadata, spec } = template as { metadata: unknown; spec?: Record<string, unknown> };
  const named = (list: unknown) =>
    Object.fromEntries(((list ?? []) as V1Container[]).map((container) => [container.name, container]));
  return {
    metadata,
    spec: { ...spec, containers: named(spec?.["containers"]), initContainers: named(spec?.["initContainers"]) },
  };
}
