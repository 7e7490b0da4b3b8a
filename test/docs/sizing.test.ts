import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { parseConfig } from "../../config/parse";

const PAGE = readFileSync(join(__dirname, "../../docs/sizing.md"), "utf8");

const MB = 1e6;
const TB = 1e12;

/** The figures in the page's first table. */
const EXAMPLE = { write: 30 * MB, average: 10 * MB, retention: 7 * 86_400, readers: 3, replication: 3, disk: 4 * TB };

describe("docs/sizing.md", () => {
  const { write, average, retention, readers, replication, disk } = EXAMPLE;
  const stored = average * retention * replication;
  const forDisks = Math.ceil(stored / 0.7 / disk);
  const inward = (write * replication) / forDisks;

  const figures: Readonly<Record<string, string>> = {
    "bytes on disk": `**${(stored / TB).toFixed(1)} TB**`,
    "brokers for the disks": `**${forDisks} brokers**`,
    "bytes into a broker": `**${(inward / MB).toFixed(1)} MB/s** in`,
    "bytes out of a broker": `**${((write * (replication - 1 + readers)) / forDisks / MB).toFixed(1)} MB/s** out`,
    "page cache": `**${((inward * 30) / 1e9).toFixed(1)} GB**`,
    "time to heal": `**${(stored / 9 / (50 * 2 ** 20) / 3600).toFixed(1)} hours**`,
  };
  for (const [what, figure] of Object.entries(figures)) {
    it(`has the right ${what}: ${figure}`, () => {
      assert.ok(PAGE.includes(figure));
    });
  }

  it("ends with a config that is accepted", () => {
    const [, block = ""] = /```yaml\n(.*?)```/s.exec(PAGE) ?? [];
    const { config } = parse(block) as { config: Record<string, unknown> };
    const keys = Object.entries(config).map(([key, value]) => [key.replace("kafka-stack:", ""), value]);
    const result = parseConfig(Object.fromEntries(keys) as Record<string, unknown>);
    assert.deepEqual(result.ok ? [] : result.problems, []);
  });
});
