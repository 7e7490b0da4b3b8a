import { z } from "zod";
import { KafkaClient } from "../kafka/client.js";
import { describeError } from "../kafka/errors.js";
import { readToken } from "../kchat/auth.js";
import { RoomWriter } from "../kchat/room-writer.js";
import { createLogger, runService, type Service } from "../kchat/run.js";
import type { Readiness } from "../kchat/server.js";
import { commonSettings, integer, readSettings } from "../kchat/settings.js";
import { TrustedProxies } from "../kchat/trusted-proxies.js";
import { createProducerApp } from "./app.js";

const settingsSchema = z.object({
  ...commonSettings,
  KCHAT_PORT: integer(0, 65_535, 19_092),
  /** Milliseconds that a message may wait for Kafka's acknowledgement before the answer is 503. */
  KCHAT_SEND_TIMEOUT_MS: integer(100, 300_000, 10_000),
  /** Bytes of messages that may wait for Kafka before new ones are answered 503. */
  KCHAT_BUFFER_BYTES: integer(65_536, 1_073_741_824, 16_777_216),
});

async function start(): Promise<Service> {
  const settings = readSettings(settingsSchema, process.env);
  const logger = createLogger("kproducer", settings.KCHAT_LOG_LEVEL);
  const client = new KafkaClient({
    bootstrap: settings.KCHAT_BOOTSTRAP_ADDRESS,
    clientId: "kproducer",
    tlsDirectory: settings.KAFKA_TLS_DIR,
  });
  const sink = new RoomWriter(client, {
    bufferBytes: settings.KCHAT_BUFFER_BYTES,
    timeoutMs: settings.KCHAT_SEND_TIMEOUT_MS,
  });
  const watch = watchRooms(client, settings.KCHAT_ROOMS);
  const app = await createProducerApp({
    rooms: settings.KCHAT_ROOMS,
    sink,
    readiness: watch.readiness,
    maxBodyBytes: settings.KCHAT_MAX_BODY_BYTES,
    rateLimit: settings.KCHAT_RATE_LIMIT,
    trustProxy: new TrustedProxies(settings.KCHAT_TRUST_PROXY).trusts,
    token: await readToken(settings.KCHAT_TOKEN_FILE),
    logger,
  });
  await app.listen({ host: settings.KCHAT_HOST, port: settings.KCHAT_PORT });
  return {
    async stop() {
      watch.stop();
      await new Promise((resolve) => setTimeout(resolve, settings.KCHAT_DRAIN_MS));
      await app.close();
      await client.close();
    },
  };
}

/** Ready means that brokers answer and every room's topic has leaders. Checked every two seconds, not at each probe. */
function watchRooms(client: KafkaClient, rooms: readonly string[]) {
  let state: Readiness = { ready: false, reason: "Kafka has not answered yet." };
  let stopped = false;
  const look = async (): Promise<void> => {
    const seen = await client.metadata(rooms).then(
      ({ topics }): Readiness => {
        const missing = rooms.find((room) => topics.get(room)?.partitions.every(({ leader }) => leader >= 0) !== true);
        if (missing === undefined) return { ready: true, reason: "" };
        return { ready: false, reason: `Topic ${missing} does not exist or has partitions without a leader.` };
      },
      (error: unknown): Readiness => ({ ready: false, reason: `Kafka does not answer: ${describeError(error)}` }),
    );
    if (!stopped) state = seen;
  };
  void look();
  const timer = setInterval(() => void look(), 2_000);
  return {
    readiness: () => state,
    stop() {
      stopped = true;
      state = { ready: false, reason: "Stopping." };
      clearInterval(timer);
    },
  };
}

await runService(start);
