import assert from "node:assert/strict";
import { redact } from "kafka-stack-engine";
import { labelsOf, one, parts, SCOPE } from "../../test/support/components";
import { registered } from "../../test/support/recording";
import { OrderKey } from "./order-key";

const orderKey = () => registered(() => new OrderKey("orders", SCOPE));
const keyOf = ({ inputs }: { readonly inputs: unknown }) =>
  Buffer.from((inputs as { data: { key: string } }).data.key, "base64").toString();

describe("OrderKey", () => {
  it("is a Secret with a key of 256 random bits, in which no line ends", async () => {
    const resources = await orderKey();
    assert.deepEqual(parts(resources), ["Secret orders"]);
    const secret = one(resources, "Secret");
    assert.deepEqual(secret.inputs["metadata"], {
      name: "kafka-orders",
      namespace: "kafka",
      labels: labelsOf("ops", "kafka-ops"),
    });
    assert.match(keyOf(secret), /^[\w-]{43}$/);
    assert.notEqual(keyOf(secret), keyOf(one(await orderKey(), "Secret")));
  });

  it("keeps the key that it has, and shows it to nobody", async () => {
    const secret = one(await orderKey(), "Secret");
    assert.deepEqual(secret.ignoreChanges, ["data"]);
    const shown = JSON.stringify(redact(secret.marked));
    assert.ok(!shown.includes(Buffer.from(keyOf(secret)).toString("base64")) && !shown.includes(keyOf(secret)));
  });
});
