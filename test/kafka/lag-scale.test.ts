import assert from "node:assert/strict";
import { LAG_MEMORY_LIMIT } from "../../components/monitoring/lag-exporter";
import type { FakeKafka } from "../../services/test/lag/fake-kafka.js";
import { lagOfGroup, manyGroups } from "../../services/test/lag/many-groups.js";
import { LagExporterProcess } from "../support/lag-exporter";
import { until } from "../support/until";

/** A tenth of the bench `lag`. */
const SIZE = { groups: 1_000, topics: 10, partitions: 100 };

/** One in so many lines is checked, of a million of each metric. A prime, so that all groups and partitions occur. */
const EACH = 997;

describe("The lag exporter with 1,000 groups that each consume 1,000 partitions", function () {
  this.timeout(240_000);
  let kafka: FakeKafka;
  let exporter: LagExporterProcess;

  before(async () => {
    kafka = await manyGroups(SIZE);
    exporter = await LagExporterProcess.start(`127.0.0.1:${kafka.port}`, { LAG_PAUSE_MS: "100" });
  });
  after(async () => {
    await exporter.stop();
    kafka.close();
  });

  it("reports each of them within the memory of its pod", async () => {
    await until("all times are known", 120, async () => {
      const missing = await exporter.own('kafka_stack_lag_unanswered{what="time"}');
      return missing === 0 ? null : `${missing} are not`;
    });
    const counts = { kafka_consumergroup_lag: 0, kafka_consumergroup_lag_seconds: 0 };
    let begun = "";
    for await (const piece of exporter.pieces()) {
      const lines = (begun + piece.toString("latin1")).split("\n");
      begun = lines.pop() ?? "";
      for (const line of lines) {
        if (!line.startsWith("kafka_consumergroup_lag")) continue;
        const name = line.startsWith("kafka_consumergroup_lag_seconds{")
          ? "kafka_consumergroup_lag_seconds"
          : "kafka_consumergroup_lag";
        counts[name] += 1;
        if (counts[name] % EACH === 0) check(name, line);
      }
    }
    const all = SIZE.groups * SIZE.topics * SIZE.partitions;
    assert.deepEqual(counts, { kafka_consumergroup_lag: all, kafka_consumergroup_lag_seconds: all });
    assert.ok(exporter.peakMiB <= parseInt(LAG_MEMORY_LIMIT), `${exporter.peakMiB} MiB`);
  });
});

function check(name: string, line: string): void {
  const [, group, partition, value] = /consumergroup="group-(\d+)".*partition="(\d+)"} (\S+)$/.exec(line) ?? [];
  const lag = lagOfGroup(Number(group), Number(partition));
  if (name === "kafka_consumergroup_lag" || lag === 0) assert.equal(Number(value), lag, line);
  // A record each second; the last one was written when the test began.
  else assert.ok(Number(value) >= lag - 1 && Number(value) < lag * 1.02 + 240, line);
}
