import { strict as assert } from "node:assert";
import { get } from "../support/kubectl";
import { up } from "../support/stack";

interface Pods {
  readonly items: readonly {
    readonly metadata: {
      readonly name: string;
      readonly uid: string;
      readonly deletionTimestamp?: string;
      readonly annotations?: Record<string, string>;
    };
    readonly spec: { readonly tolerations?: readonly { readonly key?: string }[] };
  }[];
}

const OWNER = 'pods.kproducer.annotations["example.com/owner"]=events';
const TOLERATION = ["pods.kproducer.tolerations[0].key=pool", "pods.kproducer.tolerations[0].operator=Exists"];

/** Pods that keep running. */
async function serving(component: string): Promise<Pods["items"]> {
  const { items } = await get<Pods>("pods", "-n", "kafka", "-l", `app.kubernetes.io/component=${component}`);
  return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}

/** The uids of the pods of some components. */
async function uids(...components: string[]): Promise<string[]> {
  const found = await Promise.all(components.map(serving));
  return found.flatMap((items) => items.map(({ metadata }) => metadata.uid)).sort();
}

describe("an overlay of the pods of one kind", () => {
  after(() => up("dev"));

  it("restarts this kind and no other, and a second up changes nothing", async () => {
    const before = await uids("broker", "kconsumer");
    const { changes } = await up("dev", OWNER, ...TOLERATION);
    assert.deepEqual(changes, { ...changes, create: 0, delete: 0, replace: 0, update: 1 });
    assert.deepEqual(await uids("broker", "kconsumer"), before);
    const laidOver = (await serving("kproducer")).filter(
      ({ metadata, spec }) =>
        metadata.annotations?.["example.com/owner"] === "events" && spec.tolerations?.some(({ key }) => key === "pool"),
    );
    assert.equal(laidOver.length, 2);
    const second = await up("dev", OWNER, ...TOLERATION);
    const { create, update, replace, delete: deleted } = second.changes;
    assert.deepEqual([create, update, replace, deleted], [0, 0, 0, 0], second.printed);
  });

  it("is refused with all keys before anything is changed", async () => {
    const before = await uids("broker", "kproducer", "kconsumer");
    await assert.rejects(up("dev", "pods.broker.hostNetwork=true", "pods.kproducer.image=other"), (error: Error) => {
      assert.match(error.message, /kafka-stack:pods\.broker\.hostNetwork: is refused/);
      assert.match(error.message, /kafka-stack:pods\.kproducer\.image: is refused/);
      return true;
    });
    assert.deepEqual(await uids("broker", "kproducer", "kconsumer"), before);
  });
});
