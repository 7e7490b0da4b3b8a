import assert from "node:assert/strict";
import { ask, ClusterUnreachable, orNone } from "./ask";

const failed = (code: number | undefined, body?: unknown) =>
  Promise.reject(Object.assign(new Error("no"), { ...(code !== undefined && { code }), body }));
const status = (message: string) => JSON.stringify({ kind: "Status", message });

describe("a question to a cluster", () => {
  it("is answered with none when the API server says so, and only then", async () => {
    assert.equal(await orNone(failed(404, status("claims x not found"))), null);
    for (const body of ["<html>404</html>", "404 page not found", "", undefined, "{}", "null"]) {
      await assert.rejects(orNone(failed(404, body)));
    }
    await assert.rejects(orNone(failed(403, status("not yours"))));
    await assert.rejects(orNone(failed(undefined)));
  });

  it("remains open when nobody answers, and is refused when somebody refuses", async () => {
    await assert.rejects(
      ask("x", () => failed(undefined)),
      ClusterUnreachable,
    );
    await assert.rejects(
      ask("x", () => failed(403, status("not yours"))),
      /refuses to answer x: not yours; docs/,
    );
    await assert.rejects(
      ask("x", () => Promise.resolve(undefined)),
      ClusterUnreachable,
    );
  });
});
