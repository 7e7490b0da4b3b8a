import assert from "node:assert/strict";
import { MemoryRoom, testConsumer, testProducer } from "../fakes.js";

/** A caller, its headers, and whether it is let in. */
const CALLERS: readonly [name: string, headers: Readonly<Record<string, string>>, isLetIn: boolean][] = [
  ["curl and Java, which say nothing", {}, true],
  ["the chat's own page", { origin: "http://chat.example:30292", "sec-fetch-site": "same-origin" }, true],
  ["the chat's own page over plain HTTP", { origin: "http://chat.example:30292" }, true],
  ["the chat's own page behind an Ingress with TLS", { origin: "https://chat.example:30292" }, true],
  ["the chat's own page at the scheme's port", { host: "chat.example:80", origin: "http://chat.example" }, true],
  ["a person's bookmark", { "sec-fetch-site": "none" }, true],
  ["a page of another site", { origin: "https://evil.example", "sec-fetch-site": "cross-site" }, false],
  ["a page of another site over plain HTTP", { origin: "http://evil.example" }, false],
  ["a page of the same host at another port", { origin: "http://chat.example:8080" }, false],
  ["a page of the same site", { "sec-fetch-site": "same-site" }, false],
  ["a page without an origin, as in a sandbox", { origin: "null" }, false],
  ["a page whose origin has the host's name in it", { origin: "http://chat.example:30292.evil.example" }, false],
  ["a made-up origin", { origin: "://" }, false],
];

describe("requests that pages of other sites make browsers send", () => {
  for (const [name, headers, isLetIn] of CALLERS) {
    it(`${isLetIn ? "lets in" : "refuses"} ${name}`, async () => {
      const room = new MemoryRoom();
      const producer = await testProducer({ sink: room });
      const producerUrl = await producer.listen({ host: "127.0.0.1", port: 0 });
      const consumer = await testConsumer({ source: () => room.source(), producerUrl });
      const post = {
        method: "POST",
        url: "/api/topics/chatroom",
        headers: { host: "chat.example:30292", "content-type": "text/plain", ...headers },
        payload: "User A: hi",
      } as const;
      for (const app of [producer, consumer.app]) {
        const answer = await app.inject(post);
        assert.equal(answer.statusCode, isLetIn ? 200 : 403, answer.body);
        if (!isLetIn) assert.equal(answer.json<{ error: string }>().error, "cross_site");
      }
      assert.equal(room.entries.length, isLetIn ? 2 : 0);
      if (!isLetIn) {
        const stream = await consumer.app.inject({ url: "/sse/connect", headers: post.headers });
        assert.equal(stream.statusCode, 403);
      }
      consumer.disconnect();
      await Promise.all([producer.close(), consumer.app.close()]);
    });
  }
});
