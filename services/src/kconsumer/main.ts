import { z } from "zod";
import { KafkaClient } from "../kafka/client.js";
import { readToken } from "../kchat/auth.js";
import { createLogger, runService, type Service } from "../kchat/run.js";
import { commonSettings, httpAddress, integer, readSettings } from "../kchat/settings.js";
import { TrustedProxies } from "../kchat/trusted-proxies.js";
import { createConsumerApp } from "./app.js";
import { PAGE_DIRECTORY } from "./page.js";
import { KafkaRoomSource } from "./room-source.js";

const settingsSchema = z.object({
  ...commonSettings,
  KCHAT_PORT: integer(0, 65_535, 29_092),
  /** Messages kept in memory for each room, for `?history` and resuming readers. */
  KCHAT_HISTORY_EVENTS: integer(1, 1_000_000, 5_000),
  /** Bytes kept in memory for each room. */
  KCHAT_HISTORY_BYTES: integer(65_536, 1_073_741_824, 16_777_216),
  /** Bytes that a reader may fall behind before it is dropped. */
  KCHAT_MAX_BACKLOG_BYTES: integer(16_384, 1_073_741_824, 1_048_576),
  /** Maximum number of readers of one replica. */
  KCHAT_MAX_READERS: integer(1, 1_000_000, 5_000),
  /** Maximum number of readers of one client address. Behind a NodePort, all clients that come through one node may have one address. */
  KCHAT_MAX_READERS_PER_ADDRESS: integer(1, 1_000_000, 1_000),
  /** Concurrent readers of one replica that get messages which are no longer in memory. */
  KCHAT_MAX_RESUMING: integer(1, 1_000_000, 500),
  /** kproducer's address, for messages from the page; without it the page only shows messages. */
  KCHAT_PRODUCER_URL: httpAddress,
  /** Milliseconds between heartbeats on idle streams. */
  KCHAT_HEARTBEAT_MS: integer(100, 600_000, 15_000),
});

async function start(): Promise<Service> {
  const settings = readSettings(settingsSchema, process.env);
  const logger = createLogger("kconsumer", settings.KCHAT_LOG_LEVEL);
  const client = new KafkaClient({
    bootstrap: settings.KCHAT_BOOTSTRAP_ADDRESS,
    clientId: "kconsumer",
    tlsDirectory: settings.KAFKA_TLS_DIR,
    // Long polls last a second at most, so a broker that takes longer is gone.
    requestTimeoutMs: 5_000,
  });
  const olderClient = new KafkaClient({
    bootstrap: settings.KCHAT_BOOTSTRAP_ADDRESS,
    clientId: "kconsumer-older",
    tlsDirectory: settings.KAFKA_TLS_DIR,
    requestTimeoutMs: 5_000,
  });
  const consumer = await createConsumerApp({
    rooms: settings.KCHAT_ROOMS,
    source: (room) => new KafkaRoomSource(client, olderClient, room, settings.KCHAT_HISTORY_EVENTS),
    trustProxy: new TrustedProxies(settings.KCHAT_TRUST_PROXY).trusts,
    maxBodyBytes: settings.KCHAT_MAX_BODY_BYTES,
    historyEvents: settings.KCHAT_HISTORY_EVENTS,
    historyBytes: settings.KCHAT_HISTORY_BYTES,
    maxBacklogBytes: settings.KCHAT_MAX_BACKLOG_BYTES,
    maxReaders: settings.KCHAT_MAX_READERS,
    maxReadersPerAddress: settings.KCHAT_MAX_READERS_PER_ADDRESS,
    maxResuming: settings.KCHAT_MAX_RESUMING,
    heartbeatMs: settings.KCHAT_HEARTBEAT_MS,
    producerUrl: settings.KCHAT_PRODUCER_URL,
    rateLimit: settings.KCHAT_RATE_LIMIT,
    pageDirectory: PAGE_DIRECTORY,
    token: await readToken(settings.KCHAT_TOKEN_FILE),
    logger,
  });
  await consumer.app.listen({ host: settings.KCHAT_HOST, port: settings.KCHAT_PORT });
  return {
    async stop() {
      consumer.drain();
      await new Promise((resolve) => setTimeout(resolve, settings.KCHAT_DRAIN_MS));
      const closed = consumer.app.close();
      consumer.disconnect();
      await closed;
      await Promise.all([client.close(), olderClient.close()]);
    },
  };
}

await runService(start);
