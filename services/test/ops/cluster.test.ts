import assert from "node:assert/strict";
import { ConfigSources } from "@platformatic/kafka";
import type { KafkaClient } from "../../src/kafka/client.js";
import { Cluster } from "../../src/ops/cluster.js";

/** A cluster that returns these settings of some topics. */
const answering = (results: Readonly<Record<string, readonly { name: string; value: string | null }[]>>) => {
  const answer = Object.entries(results).map(([resourceName, configs]) => ({
    resourceType: 2,
    resourceName,
    configs: configs.map((each) => ({ ...each, configSource: ConfigSources.DYNAMIC_TOPIC_CONFIG })),
  }));
  const client = { request: () => Promise.resolve({ results: answer }) } as unknown as KafkaClient;
  return new Cluster(client, 0, new AbortController().signal);
};
const KEY = "min.insync.replicas";

describe("the settings of topics", () => {
  it("are those that Kafka returns", async () => {
    const cluster = answering({ a: [{ name: KEY, value: "2" }] });
    assert.deepEqual(await cluster.effectiveTopicConfig(["a"], KEY), new Map([["a", "2"]]));
    assert.deepEqual(await cluster.configOf([{ type: "topic", name: "a" }]), new Map([["a", { [KEY]: "2" }]]));
  });

  it("are not taken for none when Kafka does not return them", async () => {
    for (const cluster of [answering({}), answering({ a: [] }), answering({ a: [{ name: KEY, value: null }] })]) {
      await assert.rejects(
        cluster.effectiveTopicConfig(["a"], KEY),
        /does not say what min\.insync\.replicas of the topic a is/,
      );
    }
    await assert.rejects(answering({}).configOf([{ type: "topic", name: "a" }]), /which settings topic a has/);
  });
});
