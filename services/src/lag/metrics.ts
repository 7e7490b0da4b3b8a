import { collectDefaultMetrics, Counter, Gauge, Registry } from "prom-client";
import type { LagModel } from "./model.js";
import { TROUBLES } from "./model.js";
import type { Troubles } from "./troubles.js";

/** The exporter's metrics about itself. */
export class OwnMetrics {
  readonly registry = new Registry();
  readonly #unanswered: Gauge;
  readonly #errors: Counter;
  readonly #seconds: Gauge;
  readonly #last: Gauge;

  constructor(model: LagModel) {
    collectDefaultMetrics({ register: this.registry });
    const registers = [this.registry];
    this.#unanswered = new Gauge({
      name: "kafka_stack_lag_unanswered",
      help: "Values that the last round could not find out, by kind; they are missing from the metrics.",
      labelNames: ["what"],
      registers,
    });
    this.#errors = new Counter({
      name: "kafka_stack_lag_errors_total",
      help: "Values that could not be found out since the start, by kind.",
      labelNames: ["what"],
      registers,
    });
    this.#seconds = new Gauge({
      name: "kafka_stack_lag_round_seconds",
      help: "How long the last round took.",
      registers,
    });
    this.#last = new Gauge({
      name: "kafka_stack_lag_last_round_timestamp_seconds",
      help: "End of the last round in which the cluster answered.",
      registers,
    });
    new Gauge({
      name: "kafka_stack_lag_groups",
      help: "Known groups.",
      registers,
      collect() {
        this.set(model.groups.size);
      },
    });
    for (const what of TROUBLES) this.#errors.inc({ what }, 0);
  }

  /** Records a round's result. */
  round(troubles: Troubles, milliseconds: number): void {
    for (const what of TROUBLES) {
      this.#unanswered.set({ what }, troubles.of(what));
      this.#errors.inc({ what }, troubles.of(what));
    }
    this.#seconds.set(milliseconds / 1_000);
    if (troubles.of("cluster") === 0) this.#last.set(Date.now() / 1_000);
  }
}
