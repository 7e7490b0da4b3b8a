import assert from "node:assert/strict";
import { outcome, start } from "kafka-stack-processes";
import { sandboxEnvironment } from "../../sandbox/environment";
import type { PageEvent } from "../../services/src/cluster/snapshot";

/** The first event of a page's stream. */
async function firstEvent(address: string): Promise<PageEvent> {
  const response = await fetch(`${address}events`, { headers: { accept: "text/event-stream" } });
  assert.equal(response.status, 200);
  let text = "";
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    const data = /^data: (.*)\n\n/m.exec(text)?.[1];
    if (data !== undefined) return JSON.parse(data) as PageEvent;
  }
  throw new Error(`the stream ended after ${text}`);
}

describe("the page of the cluster", () => {
  it("is opened by `npm run ops -- page`, and shows the brokers and topics that run", async function () {
    this.timeout(120_000);
    const command = ["--import", "tsx", "cli/index.ts", "ops", "page", "--port", "0"];
    const opened = start(process.execPath, command, { env: { ...process.env, ...sandboxEnvironment().env } });
    try {
      const [, address = ""] = await opened.says(/The page of the cluster: (\S+)/);
      const page = await fetch(address);
      assert.equal(page.status, 200);
      assert.match(await page.text(), /<title>Kafka cluster<\/title>/);
      const event = await firstEvent(address);
      assert.ok(event.answers && event.full, JSON.stringify(event));
      assert.deepEqual(
        event.parts.brokers?.map(({ id, running }) => [id, running]),
        [0, 1, 2].map((id) => [id, true]),
      );
      assert.ok(event.topics.some(({ name }) => name === "chatroom"));
    } finally {
      await opened.end("SIGINT");
    }
  });

  it("is shown in a terminal by `npm run ops -- top`", async function () {
    this.timeout(120_000);
    const command = ["--import", "tsx", "cli/index.ts", "ops", "top", "--once"];
    const { code, output, errors } = await outcome(process.execPath, command, {
      env: { ...process.env, ...sandboxEnvironment().env },
    });
    assert.equal(code, 0, `${output}\n${errors}`);
    for (const id of [0, 1, 2]) assert.match(output, new RegExp(`^${id}\\s.*\\bruns\\b`, "m"));
  });
});
