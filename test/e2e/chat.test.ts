import { strict as assert } from "node:assert";
import { ChatClient } from "../support/chat-client";

const PUBLISH = "http://localhost:30192/api/topics";

describe("the chat", () => {
  it("shows two people each other's messages", async () => {
    await using ada = new ChatClient("Ada");
    await using bob = new ChatClient("Bob");
    const tag = String(process.hrtime.bigint());
    ada.say(`hello Bob ${tag}`);
    await bob.sees(`Ada: hello Bob ${tag}`);
    bob.say(`hello Ada ${tag}`);
    await ada.sees(`Bob: hello Ada ${tag}`);
  });

  it("keeps the HTTP contract of the original", async () => {
    const events = await fetch("http://localhost:30292/sse/connect");
    assert.match(events.headers.get("content-type") ?? "", /^text\/event-stream/);
    await events.body?.cancel();
    const posted = await fetch(`${PUBLISH}/chatroom`, {
      method: "POST",
      headers: { "content-type": "text/plain" },
      body: "Eve: hi",
    });
    assert.equal(posted.status, 200);
    for (const port of [30192, 30292]) {
      const echo = await fetch(`http://localhost:${port}/api/system/echo`);
      assert.equal(echo.status, 200);
      assert.match(await echo.text(), /^.+$/m);
    }
  });

  it("refuses a topic that is not a room", async () => {
    const posted = await fetch(`${PUBLISH}/__consumer_offsets`, {
      method: "POST",
      headers: { "content-type": "text/plain" },
      body: "Eve: hi",
    });
    assert.equal(posted.status, 404);
  });
});
