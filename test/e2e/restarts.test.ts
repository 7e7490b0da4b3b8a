import { strict as assert } from "node:assert";
import { get } from "../support/kubectl";
import { ops } from "../support/ops";
import { preview, up } from "../support/stack";

interface ConfigMaps {
  items: { metadata: { name: string } }[];
}

const SET = ['kafka.config["queued.max.requests"]=501', "kafka.heap=448m"];
const REASONS = /: queued\.max\.requests set to 501, kafka\.heap changed from 512m to 448m/;

/** What is written down of the settings behind restart hashes. */
async function written(): Promise<number> {
  return (await get<ConfigMaps>("configmaps", "-n", "kafka", "-l", "kafka-stack/restart-hash")).items.length;
}

describe("restarts", function () {
  // Six brokers roll, one after the other, and a slow machine takes minutes for each.
  this.timeout(45 * 60_000);

  it("are told with their reasons by the preview, by the update, and by the status while servers roll", async () => {
    assert.match((await preview("dev", ...SET)).printed, /broker-0 to broker-2 restart one by one: queued/);
    const running = new AbortController();
    const updated = up("dev", ...SET).finally(() => {
      running.abort();
    });
    const said: string[] = [];
    // At least as long as the last of three brokers waits for its turn.
    while (!running.signal.aborted) said.push(...(await ops("status").catch(() => "")).split("\n"));
    const { printed } = await updated;
    assert.match(printed, /broker-0 to broker-2 restart one by one: queued/);
    const waiting = said.filter((line) => /^broker-\d restarts: /.test(line));
    assert.ok(waiting.length > 0, said.join("\n"));
    for (const line of waiting) assert.match(line, REASONS);
    assert.doesNotMatch(await ops("status"), /restarts: /);
    assert.equal(await written(), 1);
    const { create, update, replace, delete: gone } = (await up("dev", ...SET)).changes;
    assert.deepEqual([create, update, replace, gone], [0, 0, 0, 0]);
    await up("dev");
  });
});
