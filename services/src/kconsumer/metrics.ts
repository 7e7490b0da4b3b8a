import type { FastifyBaseLogger } from "fastify";
import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { RoomHub, RoomObserver } from "./room-hub.js";

/** Milliseconds during which the same interruption is not logged again. */
const QUIET_MS = 10_000;

/** kconsumer's metrics. */
export class ConsumerMetrics {
  readonly #consumed: Counter;
  readonly #delivered: Counter;
  readonly #dropped: Counter;
  readonly #delay: Histogram;
  readonly #logger: FastifyBaseLogger;

  constructor(registry: Registry, hubs: ReadonlyMap<string, RoomHub>, logger: FastifyBaseLogger) {
    this.#logger = logger;
    const common = { labelNames: ["room"], registers: [registry] };
    this.#consumed = new Counter({
      name: "kchat_messages_consumed_total",
      help: "Messages read from Kafka.",
      ...common,
    });
    this.#delivered = new Counter({
      name: "kchat_messages_delivered_total",
      help: "Messages sent to readers, counted once for each reader.",
      ...common,
    });
    this.#dropped = new Counter({
      name: "kchat_readers_dropped_total",
      help: "Readers whose stream was ended because they did not keep up.",
      ...common,
    });
    this.#delay = new Histogram({
      name: "kchat_delivery_seconds",
      help: "Time from a message's timestamp to its being sent to the readers.",
      buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      ...common,
    });
    new Gauge({
      name: "kchat_readers",
      help: "Readers connected now.",
      ...common,
      collect() {
        for (const [room, hub] of hubs) this.set({ room }, hub.readers);
      },
    });
    new Gauge({
      name: "kchat_lag_messages",
      help: "Messages in Kafka that this replica has not read yet.",
      ...common,
      collect() {
        for (const [room, hub] of hubs) this.set({ room }, hub.lag);
      },
    });
  }

  /** The observer of a room's hub. */
  observer(room: string): RoomObserver {
    const delay = this.#delay.labels({ room });
    const consumed = this.#consumed.labels({ room });
    const delivered = this.#delivered.labels({ room });
    const lastLogged = new Map<string, number>();
    return {
      delivered(messages, readers, oldest) {
        consumed.inc(messages);
        delivered.inc(messages * readers);
        delay.observe(Math.max(0, Date.now() - oldest) / 1_000);
      },
      dropped: (reason) => {
        this.#dropped.inc({ room });
        this.#logger.info({ room, reason }, "A reader was dropped.");
      },
      interrupted: (reason) => {
        if (Date.now() - (lastLogged.get(reason) ?? 0) < QUIET_MS) return;
        lastLogged.set(reason, Date.now());
        this.#logger.warn({ room, reason }, "Reading from Kafka was interrupted.");
      },
    };
  }
}
