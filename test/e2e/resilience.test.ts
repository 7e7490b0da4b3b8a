import { strict as assert } from "node:assert";
import { history, post } from "../support/history";
import { get, kubectl } from "../support/kubectl";
import { down, up } from "../support/stack";
import { until } from "../support/until";

interface Pod {
  readonly metadata: { readonly uid: string };
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** Posts until the work ends. @returns the acknowledged messages */
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

const broker = () => get<Pod>("pod", "broker-1", "-n", "kafka");

/** Waits for a pod's successor: the StatefulSet's own status is stale for a moment. */
const successor = (before: Pod) =>
  until("broker-1 is back", 300, async () => {
    const { metadata, status } = await broker();
    if (metadata.uid === before.metadata.uid) return "its pod is still the one of before";
    const ready = status.conditions?.some(({ type, status: value }) => type === "Ready" && value === "True");
    return ready === true ? null : "its pod is not ready";
  });

describe("when a broker's pod is killed", () => {
  it("no acknowledged message is lost", async () => {
    const tag = `kill-${process.hrtime.bigint()}`;
    const kill = async () => {
      const before = await broker();
      await kubectl("delete", "pod", "broker-1", "-n", "kafka", "--grace-period=0", "--force");
      await successor(before);
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
