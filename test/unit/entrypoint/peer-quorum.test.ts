import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { BIN } from "./pod";

describe("peer-quorum.sh", () => {
  let server: Server;
  const listen = (answer: RequestListener) =>
    new Promise<number>((resolve) => {
      server = createServer(answer).listen(0, "127.0.0.1", () => {
        resolve((server.address() as AddressInfo).port);
      });
    });
  const stop = () => new Promise((resolve) => server.close(resolve));
  const ask = (port: number) =>
    new Promise<{ failed: boolean; output: string }>((resolve) => {
      execFile(join(BIN, "peer-quorum.sh"), ["127.0.0.1", String(port)], (error, output) => {
        resolve({ failed: error !== null, output });
      });
    });

  it("prints what the other server knows of its quorum", async () => {
    const asked: (string | undefined)[] = [];
    const port = await listen((request, response) => {
      asked.push(`${request.method ?? ""} ${request.url ?? ""}`);
      response.end("state=leader\nleader=0\nepoch=3\nhighWatermark=17\n");
    });
    try {
      const { failed, output } = await ask(port);
      assert.deepEqual([failed, asked], [false, ["GET /quorum"]]);
      assert.ok(output.includes("\nepoch=3\n"), output);
    } finally {
      await stop();
    }
  });

  it("fails when the answer says nothing of a quorum", async () => {
    const port = await listen((_, response) => {
      response.writeHead(503).end("starting\n");
    });
    try {
      assert.equal((await ask(port)).failed, true);
    } finally {
      await stop();
    }
  });

  it("fails when nobody answers", async () => {
    const port = await listen(() => undefined);
    await stop();
    assert.equal((await ask(port)).failed, true);
  });
});
