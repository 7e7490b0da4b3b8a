import assert from "node:assert/strict";
import { waitsFor } from "../support/graph";
import { called, objects, workloads, type Workload } from "../support/objects";
import { recordStack, STACKS } from "../support/stacks";

const SECRET = "kafka-orders";
const CLOSED = { listeners: { internal: { authentication: "tls" } } };
const WATCHED = { monitoring: { scrape: "annotations", namespaces: ["monitoring"] } };

/** Whether a workload's pods get the key for orders to controllers, in whatever way. */
const hasKey = ({ pod }: Workload): boolean => JSON.stringify(pod).includes(SECRET);

/** The pools of a stack whose servers are controllers. */
const CONTROLLERS: Readonly<Record<string, string>> = {
  dev: "broker",
  "kraft-quickstart": "broker",
  production: "controller",
  storageclass: "controller",
};

describe("The key for orders to controllers", () => {
  for (const stack of STACKS) {
    for (const [what, set] of Object.entries({ open: WATCHED, closed: { ...WATCHED, ...CLOSED } })) {
      const pool = CONTROLLERS[stack];
      if (pool === undefined && what === "closed") continue;
      it(`is in the pods of the stack ${stack}, ${what}, that give or take orders, and in no other`, async () => {
        const recording = await recordStack(stack, { set });
        const secrets = objects(recording, "Secret").filter(({ metadata }) => metadata.name === SECRET);
        const holders = workloads(recording).filter(hasKey);
        assert.deepEqual(
          holders.map(({ kind, resource, metadata }) => `${kind} ${metadata.name ?? resource.name}`).sort(),
          pool === undefined ? [] : ["Job finish", "Job prepare", "PodTemplate ops", `StatefulSet ${pool}`],
        );
        assert.equal(secrets.length, pool === undefined ? 0 : 1);
        const secret = secrets[0]?.resource.urn ?? "";
        for (const { kind, resource, pod } of holders) {
          const [container] = pod.containers;
          assert.deepEqual(
            pod.volumes?.find(({ name }) => name === "orders"),
            // Without it a server takes no orders, which is better than a server that does not start.
            { name: "orders", secret: { secretName: SECRET, defaultMode: 0o440, optional: true } },
            called(resource),
          );
          const mount = container?.volumeMounts?.find(({ name }) => name === "orders");
          assert.deepEqual(mount, { name: "orders", mountPath: "/etc/kafka-orders", readOnly: true });
          assert.equal(container?.env?.find(({ name }) => name === "KAFKA_ORDERS_DIR")?.value, "/etc/kafka-orders");
          if (kind !== "PodTemplate") assert.ok(waitsFor(recording, resource).has(secret), called(resource));
        }
        // Only the certificates' Jobs have an account that reads Secrets, by name.
        for (const { resource } of objects(recording, "Role", "ClusterRole")) {
          assert.doesNotMatch(JSON.stringify(resource.inputs), new RegExp(SECRET), called(resource));
        }
      });
    }
  }
});
