import { run } from "kafka-stack-processes";
import { manyGroups } from "../services/test/lag/many-groups.js";
import { LagExporterProcess } from "../test/support/lag-exporter";
import { until } from "../test/support/until";

/** Time of a round of the lag exporter, and memory, with 1,000 groups that each consume 10,000 partitions of a broker whose answers cost nothing. */
export async function lag(): Promise<string[]> {
  await run("node", ["build.mjs"], { cwd: "services" });
  const kafka = await manyGroups({ groups: 1_000, topics: 10, partitions: 1_000 });
  const exporter = await LagExporterProcess.start(`127.0.0.1:${kafka.port}`, { LAG_PAUSE_MS: "100" });
  try {
    const first = await exporter.own("kafka_stack_lag_round_seconds");
    await until("all times are known", 120, async () => {
      const missing = await exporter.own('kafka_stack_lag_unanswered{what="time"}');
      return missing === 0 ? null : `${missing} are not`;
    });
    const later = await exporter.own("kafka_stack_lag_round_seconds");
    const begin = performance.now();
    let bytes = 0;
    for await (const piece of exporter.pieces()) bytes += piece.length;
    const scrape = (performance.now() - begin) / 1_000;
    return [
      `${first.toFixed(1)} s for the first round, ${later.toFixed(1)} s for a later one; ${(bytes / 1e9).toFixed(1)} GB of metrics in ${scrape.toFixed(1)} s; at most ${exporter.peakMiB.toFixed(0)} MiB of memory`,
    ];
  } finally {
    await exporter.stop();
    kafka.close();
  }
}
