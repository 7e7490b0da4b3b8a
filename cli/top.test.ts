import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { outcome } from "kafka-stack-processes";
import { stringify } from "yaml";
import type { PageEvent } from "../services/src/cluster/snapshot";
import { ROOT } from "../test/support/stacks";
import { fakePage, pagePod } from "./fake-page";

const EVENT: PageEvent = {
  answers: true,
  at: Date.UTC(2026, 0, 1),
  full: true,
  parts: {
    clusterId: "fake",
    doubt: null,
    totals: { topics: 1, partitions: 3, offline: 0, underReplicated: 0, notPreferred: 0 },
    brokers: [0, 1, 2].map((id) => ({
      id,
      rack: `rack-${id}`,
      running: id !== 2,
      leaders: 1,
      replicas: 3,
      outOfSync: 0,
      cordoned: false,
      disk: null,
    })),
    attention: { rows: [], total: 0 },
    moves: { value: { rows: [], total: 0 } },
    controllers: { value: { leader: 0, voters: [] } },
    groups: { unknown: "They have not been measured yet." },
  },
  topics: [],
  gone: [],
};

describe("npm run ops -- top with a cluster", function () {
  // Each is a Node of its own.
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), "top-"));
  after(() => {
    rmSync(folder, { recursive: true });
  });

  async function top(pods: object[], ...words: readonly string[]) {
    const headers = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";
    const api = await fakePage(`${headers}data: ${JSON.stringify(EVENT)}\n\n`);
    api.pods = pods;
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
      const args = ["--import", "tsx", "cli/index.ts", "ops", "top", "--context", "fake", ...words];
      return await outcome(process.execPath, args, { cwd: ROOT, env: { ...process.env, KUBECONFIG: kubeconfig } });
    } finally {
      api.close();
    }
  }

  it("prints all brokers once, and ends, where there is no terminal", async () => {
    const { code, output, errors } = await top([pagePod("lag-exporter-1", "Running")], "-n", "kafka");
    assert.equal(code, 0, errors);
    assert.deepEqual(
      output
        .split("\n")
        .flatMap((line) => /^(\d)\s+(rack-\d)\s+(runs|not running)/.exec(line)?.slice(1, 4).join(" ") ?? []),
      ["0 rack-0 runs", "1 rack-1 runs", "2 rack-2 not running"],
    );
    assert.match(output, /^! Broker 2 not running\.$/m);
    assert.doesNotMatch(output.replaceAll("\n", ""), /\p{Cc}/u);
  });

  it("says what to do where there is no page", async () => {
    const { code, errors } = await top([], "--once", "-n", "kafka");
    assert.equal(code, 1);
    assert.match(errors, /No pod in namespace kafka serves the page of the cluster\. Set `kafka-stack:monitoring/);
  });
});
