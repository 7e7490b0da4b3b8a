import { once } from "node:events";
import { z } from "zod";
import { groupsOf } from "../cluster/groups.js";
import { KafkaClient } from "../kafka/client.js";
import { createLogger, runService, type Service } from "../kchat/run.js";
import { bootstrap, integer, port, readSettings } from "../kchat/settings.js";
import { OwnMetrics } from "./metrics.js";
import { LagModel, type Trouble } from "./model.js";
import { Arrays } from "./positions.js";
import { goRound } from "./round.js";
import { createLagServer } from "./server.js";

const settingsSchema = z.object({
  /** The brokers to contact first. */
  KAFKA_BOOTSTRAP_ADDRESS: bootstrap,
  /** Directory with a certificate, if brokers ask for one. */
  KAFKA_TLS_DIR: z.string().optional(),
  LAG_HOST: z.string().default("0.0.0.0"),
  LAG_PORT: integer(0, 65_535, 9_404),
  /** Milliseconds from the end of a round to the next one. */
  LAG_PAUSE_MS: integer(100, 3_600_000, 15_000),
  /** Positions of groups in partitions that are kept, of 8 bytes each; groups beyond the limit are only counted. */
  LAG_MAX_POSITIONS: integer(1, 1_000_000_000, 11_000_000),
  /** Port of the page of the cluster, at the loopback address; without one there is no page. */
  LAG_PAGE_PORT: port.optional(),
  LAG_LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
});

async function start(): Promise<Service> {
  const settings = readSettings(settingsSchema, process.env);
  const logger = createLogger("lag", settings.LAG_LOG_LEVEL);
  const client = new KafkaClient({
    bootstrap: settings.KAFKA_BOOTSTRAP_ADDRESS,
    clientId: "lag-exporter",
    tlsDirectory: settings.KAFKA_TLS_DIR,
    requestTimeoutMs: 30_000,
    // Answers are large: one after the other is as fast, and needs the memory of one.
    maxInflights: 1,
  });
  const model = new LagModel();
  const arrays = new Arrays(settings.LAG_MAX_POSITIONS);
  const metrics = new OwnMetrics(model);
  let missing: string | undefined = "Kafka was not asked yet.";
  let pause: NodeJS.Timeout | undefined;
  let said = "";
  const server = createLagServer(model, metrics, () => missing);
  server.listen(settings.LAG_PORT, settings.LAG_HOST);
  await once(server, "listening");
  const page =
    settings.LAG_PAGE_PORT === undefined
      ? undefined
      : // Its web server takes memory only where there is a page.
        await (await import("../cluster/start.js")).startPage(settings, settings.LAG_PAGE_PORT, logger);
  const round = async (): Promise<void> => {
    const begin = performance.now();
    const troubles = await goRound(client, model, arrays);
    metrics.round(troubles, performance.now() - begin);
    page?.measured(groupsOf(model, troubles, Date.now()));
    const cluster = troubles.reasons.get("cluster");
    missing = cluster === undefined ? undefined : `Kafka does not answer: ${cluster}`;
    // Logged once, and not in each round, while the same kinds of trouble last.
    const kinds = [...troubles.reasons.keys()].sort().join(" ");
    if (kinds !== said) report(troubles.reasons);
    said = kinds;
    pause = setTimeout(() => void round(), settings.LAG_PAUSE_MS);
  };
  const report = (reasons: ReadonlyMap<Trouble, string>): void => {
    if (reasons.size === 0) logger.info("Everything answers again.");
    for (const [what, reason] of reasons) logger.warn({ what, reason }, "Something could not be found out.");
  };
  void round();
  return {
    async stop() {
      missing = "Stopping.";
      clearTimeout(pause);
      await Promise.all([client.close(), page?.close()]);
      server.close();
      server.closeAllConnections();
    },
  };
}

await runService(start);
