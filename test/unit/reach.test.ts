import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { LISTS, REACH, reachOf, recordListed } from "../support/golden";
import { reach } from "../support/reach";
import { recordStack } from "../support/stacks";

/** The lines of one text that another lacks. */
const missing = (lines: string, from: string): string[] =>
  lines.split("\n").filter((line) => !from.split("\n").includes(line));

describe("Who may connect to what, by the NetworkPolicies of all stacks", () => {
  it("is as in test/reach.txt", async () => {
    const [expected, now] = [readFileSync(REACH, "utf8"), await reachOf(Object.keys(LISTS))];
    const changes = [
      ...missing(expected, now).map((line) => `- ${line}`),
      ...missing(now, expected).map((line) => `+ ${line}`),
    ];
    assert.equal(
      now,
      expected,
      `who may connect changed; if that is intended, \`npm run golden\` writes it into the file, for review:\n${changes.join("\n")}`,
    );
  });

  for (const list of Object.keys(LISTS)) {
    it(`${list}: changes when any NetworkPolicy is removed`, async () => {
      const recording = await recordListed(list);
      const whole = reach(recording);
      const policies = recording.resources.filter(({ type }) => type.endsWith(":NetworkPolicy"));
      assert.ok(policies.length >= 4, `${policies.length} policies`);
      for (const policy of policies) {
        const without = { ...recording, resources: recording.resources.filter((one) => one !== policy) };
        assert.notEqual(reach(without), whole, policy.name);
      }
    });
  }

  it("opens brokers to the config's clients, on the client port alone", async () => {
    const clients = [{ namespace: "elsewhere" }];
    const before = await reachOf(["production"]);
    const after = reach(await recordStack("production", { set: { listeners: { internal: { clients } } } }));
    assert.deepEqual(missing(after, before), ["kafka/broker client 9092: any pod elsewhere, any pod in kafka"]);
  });

  it("opens the lag exporter's metrics only to the namespaces in monitoring.namespaces", async () => {
    const set = { monitoring: { namespaces: ["elsewhere"] } };
    const lines = reach(await recordStack("production", { set })).split("\n");
    assert.deepEqual(
      lines.filter((line) => line.startsWith("kafka/lag-exporter")),
      ["kafka/lag-exporter metrics 9404: any pod elsewhere"],
    );
  });
});
