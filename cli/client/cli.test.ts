import { strict as assert } from "node:assert";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { outcome } from "kafka-stack-processes";
import { stringify } from "yaml";
import { ROOT } from "../../test/support/stacks";
import { type Answer, type FakeApi, fakeApi } from "./fake-api";

describe("npm run client with a cluster", function () {
  // Each is a Node of its own.
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), "client-"));
  after(() => {
    rmSync(folder, { recursive: true });
  });

  async function client(answer: Answer, input: string, ...words: readonly string[]) {
    const api: FakeApi = await fakeApi(answer);
    try {
      const kubeconfig = join(folder, "kubeconfig");
      writeFileSync(
        kubeconfig,
        stringify({
          clusters: [{ name: "fake", cluster: { server: api.url, "insecure-skip-tls-verify": true } }],
          users: [{ name: "fake", user: {} }],
          contexts: [{ name: "fake", context: { cluster: "fake", user: "fake" } }],
        }),
      );
      const args = ["--import", "tsx", "cli/index.ts", "client", "--context", "fake", ...words];
      const { code, output, errors } = await outcome(process.execPath, args, {
        cwd: ROOT,
        env: { ...process.env, KUBECONFIG: kubeconfig },
        input,
      });
      return { code, output, errors, commands: api.commands, pods: api.pods };
    } finally {
      api.close();
    }
  }

  it("passes input and its end to the tool, and shows its output", async () => {
    const { code, output, errors, commands, pods } = await client(
      { stdout: "done\n", stderr: "a warning\n", code: 0 },
      "hello\n",
      ...["kafka-console-producer", "--topic", "first"],
    );
    assert.deepEqual([code, output, errors], [0, "done\n", "a warning\n"]);
    const words = ["kafka-console-producer.sh", "--bootstrap-server", "kafka-bootstrap:9092", "--topic", "first"];
    assert.deepEqual(commands, [{ words, input: "hello\n" }]);
    assert.equal(pods.size, 0);
  });

  it("exits with the tool's code", async () => {
    const { code, errors, pods } = await client({ stderr: "no topic\n", code: 3 }, "", "kafka-topics", "--describe");
    assert.deepEqual([code, errors, pods.size], [3, "no topic\n", 0]);
  });

  it("fails when the connection is lost, and removes its pod", async () => {
    const { code, errors, pods } = await client({ stdout: "a" }, "", "kafka-topics", "--list");
    assert.equal(code, 1);
    assert.match(errors, /The connection to pod client-1 was lost while kafka-topics\.sh ran\./);
    assert.equal(pods.size, 0);
  });
});
