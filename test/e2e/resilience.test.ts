import { strict as assert } from "node:assert";
import { history, post } from "./support/history";
import { get, kubectl } from "./support/kubectl";
import { down, up } from "./support/stack";
import { until } from "./support/until";

interface StatefulSet {
  status: { readyReplicas?: number };
}

/** Posts until told to stop. @returns what was acknowledged. */
async function writeWhile(tag: string, work: Promise<unknown>): Promise<string[]> {
  const writing = { on: true };
  const stop = work.finally(() => {
    writing.on = false;
  });
  const acknowledged: string[] = [];
  for (let number = 0; writing.on; number++) {
    const text = `${tag}: ${number}`;
    if (await post(text)) acknowledged.push(text);
  }
  await stop;
  return acknowledged;
}

const allReady = () =>
  until("all brokers are ready", 180, async () => {
    const { status } = await get<StatefulSet>("statefulset", "broker", "-n", "kafka");
    return status.readyReplicas === 3 ? null : `${status.readyReplicas ?? 0} of 3 are`;
  });

describe("when a broker's pod is killed", () => {
  it("no acknowledged message is lost", async () => {
    const tag = `kill-${process.hrtime.bigint()}`;
    const kill = async () => {
      await kubectl("delete", "pod", "broker-1", "-n", "kafka", "--grace-period=0", "--force");
      await allReady();
    };
    const acknowledged = await writeWhile(tag, kill());
    assert.ok(acknowledged.length > 10, `${acknowledged.length} were acknowledged`);
    const read = (await history(100_000)).filter((text) => text.startsWith(tag));
    assert.deepEqual(
      acknowledged.filter((text) => !read.includes(text)),
      [],
    );
  });
});

describe("a stack that was taken down", () => {
  it("has its messages when it is brought up again", async () => {
    const text = `kept: ${process.hrtime.bigint()}`;
    assert.ok(await post(text));
    await down("dev");
    await up("dev");
    assert.ok((await history(1_000)).includes(text));
  });
});
