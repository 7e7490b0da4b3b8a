import assert from "node:assert/strict";
import { get } from "../support/kubectl";
import { up } from "../support/stack";
import { until } from "../support/until";
import { identities } from "../faults/brokers";
import { life } from "./life";
import { losesState } from "./lost-state";

interface Claims {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly status: { readonly capacity?: { readonly storage: string } };
  }[];
}

/** The capacity of each broker's claim. */
async function capacities(): Promise<string[]> {
  const { items } = await get<Claims>("pvc", "-n", "kafka", "-l", "app.kubernetes.io/component=broker");
  return items.map(({ status }) => status.capacity?.storage ?? "none");
}

life(
  { stack: "storageclass", servers: { broker: 3, controller: 3 }, room: { partitions: 12, replicationFactor: 3 } },
  (settings) => {
    it("grows its volumes without a restart, and refuses to shrink them", async () => {
      const before = await identities();
      settings.push("storage.size=20Gi");
      await up("storageclass", ...settings);
      await until("the claims have grown", 120, async () => {
        const now = await capacities();
        return now.join() === "20Gi,20Gi,20Gi" ? null : now.join(", ");
      });
      assert.deepEqual(await identities(), before);
      await assert.rejects(up("storageclass", "storage.size=10Gi"), /storage\.size/);
      assert.deepEqual(await identities(), before);
    });

    it("loses its state, and comes up again with its data", () => losesState("storageclass", "claims", settings));

    it("refuses another backend while there is data", async () => {
      const before = await identities();
      await assert.rejects(up("storageclass", "storage.type=hostPath"), /storage\.type/);
      assert.deepEqual(await identities(), before);
    });
  },
);
