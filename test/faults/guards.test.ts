import assert from "node:assert/strict";
import { kubectl } from "../support/kubectl";
import { preview, up, type Outcome } from "../support/stack";
import { identities } from "./brokers";
import { fault } from "./fault";
import { change, settings, STACK } from "./stack";

/** The steps of an `up`, without its own record of agreed settings. */
const doneBy = ({ steps }: Outcome): string[] =>
  steps
    .filter(({ operation, type }) => operation !== "same" && type !== "pulumi:index:Stash")
    .map(({ operation, name }) => `${operation} ${name}`);

/** Does something while no class lets its claims grow. */
async function whileNothingGrows(something: () => Promise<void>): Promise<void> {
  const classes = (await kubectl("get", "storageclass", "-o", "name")).split("\n").filter((name) => name !== "");
  const allow = async (allowVolumeExpansion: boolean): Promise<void> => {
    for (const name of classes) await kubectl("patch", name, "-p", JSON.stringify({ allowVolumeExpansion }));
  };
  await allow(false);
  try {
    await something();
  } finally {
    await allow(true);
  }
}

describe("when immutable settings are changed", () => {
  fault("a growth that the class refuses is reverted, and nothing has happened", async () => {
    const before = await identities();
    await whileNothingGrows(async () => {
      await assert.rejects(change({ "storage.size": "20Gi" }), /resize|expan/i);
    });
    assert.deepEqual(doneBy(await change()), []);
    assert.deepEqual(await identities(), before);
  });

  fault("another namespace is refused, in the preview and in an update", async () => {
    const before = await identities();
    const says = /cluster\.namespace cannot change from kafka to elsewhere on a stack that has data/;
    const elsewhere = settings({ "cluster.namespace": "elsewhere" });
    await assert.rejects(preview(STACK, ...elsewhere), says);
    await assert.rejects(up(STACK, ...elsewhere), says);
    assert.equal(await kubectl("get", "namespace", "elsewhere", "--ignore-not-found", "-o", "name"), "");
    assert.deepEqual(await identities(), before);
    assert.deepEqual(doneBy(await change()), []);
  });

  it("a stack does not come into the namespaces of another", async () => {
    await assert.rejects(
      preview("kraft-quickstart"),
      new RegExp(
        `namespace kafka\\S* exists and belongs to the stack kafka-stack/${STACK}: .*set another cluster\\.namespace`,
      ),
    );
  });
});
