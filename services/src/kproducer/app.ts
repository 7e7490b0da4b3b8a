import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import { Counter, Gauge, Histogram } from "prom-client";
import type { MessageSink } from "../kchat/room-writer.js";
import { producerDescription } from "../kchat/openapi.js";
import { type PublishLimits, publishRoute } from "../kchat/publish-route.js";
import { createServer, type Readiness } from "../kchat/server.js";

/** Options of kproducer. */
export interface ProducerAppOptions extends PublishLimits {
  readonly sink: MessageSink & { readonly bufferedBytes: number };
  readonly readiness: () => Readiness;
  readonly maxBodyBytes: number;
  readonly trustProxy: (address: string) => boolean;
  readonly token: string | undefined;
  readonly logger: FastifyBaseLogger;
}

/** kproducer's HTTP side: accepts messages, and answers when Kafka has acknowledged them. */
export async function createProducerApp(options: ProducerAppOptions): Promise<FastifyInstance> {
  const { app, metrics } = createServer({
    name: "kproducer",
    logger: options.logger,
    trustProxy: options.trustProxy,
    bodyLimit: options.maxBodyBytes,
    readiness: options.readiness,
    token: options.token,
    description: producerDescription,
  });
  const registers = [metrics];
  const messages = new Counter({
    name: "kchat_messages_published_total",
    help: "Messages acknowledged by Kafka.",
    labelNames: ["room"],
    registers,
  });
  const failures = new Counter({
    name: "kchat_publish_failures_total",
    help: "Messages that were refused or not acknowledged.",
    labelNames: ["room"],
    registers,
  });
  const latency = new Histogram({
    name: "kchat_publish_seconds",
    help: "Time from a message's arrival to its acknowledgement.",
    buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  new Gauge({
    name: "kchat_buffered_bytes",
    help: "Bytes of messages waiting for their acknowledgement.",
    registers,
    collect() {
      this.set(options.sink.bufferedBytes);
    },
  });
  await publishRoute(app, options, async ({ room, message, reply }) => {
    const stopTimer = latency.startTimer();
    try {
      const { partition, offset } = await options.sink.append(room, message);
      messages.inc({ room });
      stopTimer();
      return await reply.send({ room, partition, offset });
    } catch (error) {
      failures.inc({ room });
      throw error;
    }
  });
  return app;
}
