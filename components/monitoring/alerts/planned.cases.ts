import { of, type Series } from "./alerts.cases";

/** What is sampled each half minute, as Prometheus does by default for a stack's rules. */
export const TICK_S = 30;

/** Ticks before the change, in which everything has been well for long enough, and after it. */
const BEFORE = 80;
const AFTER = 80;

/** Ticks that a server is away for: two minutes, as its shutdown, a new pod and its start take. */
const AWAY = 4;

/** A server of a stack, with the ticks at which it goes and comes. */
interface Server {
  readonly pod: string;
  readonly broker: boolean;
  readonly controller: boolean;
  /** Goes at the first, and is back at the second; undefined where it does not go, or does not come back. */
  readonly away: readonly [number | undefined, number | undefined];
}

/** A planned change. */
export interface Planned {
  readonly series: Series;
  /** Its length, with the time before and after it. */
  readonly ticks: number;
  /** Alerts that fire at any time in it. */
  readonly firing: readonly string[];
}

/** Values in the notation of `promtool test rules`; undefined ends a series, as when a target is gone. */
function written(values: readonly (number | undefined)[]): string {
  const words = values.map((value, tick) => value ?? (values[tick - 1] === undefined ? "_" : "stale"));
  const runs: { word: number | string; times: number }[] = [];
  for (const word of words) {
    const last = runs.at(-1);
    if (last?.word === word) last.times += 1;
    else runs.push({ word, times: 1 });
  }
  return runs
    .map(({ word, times }) => {
      if (typeof word === "number") return `${word}x${times - 1}`;
      return word === "_" ? `_x${times}` : word;
    })
    .join(" ");
}

/** Ticks of a change of `servers`, and what their metrics are at each. */
function seriesOf(servers: readonly Server[], ticks: number, expected: (tick: number) => number): Series {
  const isAway = ({ away: [goes, comes] }: Server, tick: number): boolean =>
    goes !== undefined && tick >= goes && tick < (comes ?? Infinity);
  // A server that has come is caught up a tick later.
  const isUp = (server: Server, tick: number) => !isAway(server, tick) && tick !== server.away[1];
  const brokers = servers.filter(({ broker }) => broker);
  const controllers = servers.filter(({ controller }) => controller);
  const activeAt = (tick: number) => controllers.find((server) => isUp(server, tick));
  const series: Record<string, string> = {};
  const add = (metric: string, which: readonly Server[], value: (server: Server, tick: number) => number) => {
    for (const server of which) {
      const values = Array.from({ length: ticks }, (_, tick) =>
        isAway(server, tick) ? undefined : value(server, tick),
      );
      series[of(metric, server.pod)] = written(values);
    }
  };
  const down = (tick: number) => brokers.filter((server) => server.away[0] !== undefined && !isUp(server, tick)).length;
  add("kafka_stack_expected_brokers", servers, (_, tick) => expected(tick));
  add("kafka_stack_expected_controllers", servers, () => controllers.length);
  add("kafka_stack_start_time_seconds", servers, ({ away: [, comes] }, tick) =>
    comes !== undefined && tick >= comes ? comes * TICK_S : -7_200,
  );
  add("kafka_server_kafkaserver_brokerstate", brokers, (server, tick) => (isUp(server, tick) ? 3 : 2));
  // Nobody is active in the tick in which another one takes over.
  add("kafka_controller_kafkacontroller_activecontrollercount", controllers, (server, tick) =>
    activeAt(tick) === server && activeAt(tick - 1) === server ? 1 : 0,
  );
  const running = (tick: number) => brokers.filter((server) => isUp(server, tick)).length;
  add("kafka_controller_kafkacontroller_fencedbrokercount", controllers, (_, tick) => down(tick));
  add("kafka_controller_kafkacontroller_activebrokercount", controllers, (_, tick) => running(tick));
  add("kafka_controller_kafkacontroller_offlinepartitionscount", controllers, () => 0);
  add("kafka_server_replicamanager_underminisrpartitioncount", brokers, () => 0);
  add("kafka_server_replicamanager_underreplicatedpartitions", brokers, (_, tick) => (down(tick) > 0 ? 12 : 0));
  add("kafka_server_replicamanager_reassigningpartitions", brokers, () => 0);
  add("kafka_controller_kafkacontroller_preferredreplicaimbalancecount", controllers, (_, tick) =>
    down(tick) > 0 ? 30 : 0,
  );
  add("kafka_controller_kafkacontroller_globalpartitioncount", controllers, () => 90);
  add("kafka_server_raftmetrics_high_watermark", servers, (_, tick) => tick * 60);
  return series;
}

const named = (pool: string, count: number, role: Pick<Server, "broker" | "controller">) =>
  Array.from({ length: count }, (_, ordinal) => ({ pod: `${pool}-${ordinal}`, ...role }));

/** One server after the other is away: the next one goes in the very tick in which the last one is in order again, so no sample sees all of them. */
function roll(servers: readonly Omit<Server, "away">[], away: number) {
  const rolled = servers.map((server, index): Server => {
    const goes = BEFORE + index * (away + 1);
    return { ...server, away: [goes, goes + away] };
  });
  return { servers: rolled, ticks: BEFORE + servers.length * (away + 1) + AFTER };
}

const rolling = (servers: readonly Omit<Server, "away">[], away = AWAY): Planned => {
  const planned = roll(servers, away);
  const brokers = servers.filter(({ broker }) => broker).length;
  return { series: seriesOf(planned.servers, planned.ticks, () => brokers), ticks: planned.ticks, firing: [] };
};

const COMBINED = { broker: true, controller: true };
const BROKER = { broker: true, controller: false };
const CONTROLLER = { broker: false, controller: true };

/** Brokers beyond the first three that come, or go, one after the other within two minutes, when the stack has been told. */
function scaling(comes: boolean): Planned {
  const ticks = BEFORE + AFTER;
  const brokers = named("broker", 6, BROKER).map((server, ordinal): Server => {
    const tick = BEFORE + (comes ? AWAY + ordinal - 2 : 5 - ordinal);
    return { ...server, away: ordinal < 3 ? [undefined, undefined] : comes ? [0, tick] : [tick, undefined] };
  });
  const controllers = named("controller", 3, CONTROLLER).map((server): Server => ({
    ...server,
    away: [undefined, undefined],
  }));
  // Those that go were drained before, and are fenced from when they stop until they are unregistered, two minutes later. Those that come are fenced for a moment.
  const from = BEFORE + (comes ? AWAY : 0);
  const fenced = Array.from({ length: ticks }, (_, tick) => (tick >= from && tick < from + 7 ? 3 : 0));
  const series = Object.entries(
    seriesOf([...controllers, ...brokers], ticks, (tick) => (tick < BEFORE === comes ? 3 : 6)),
  );
  const still = /underreplicated|imbalance/;
  return {
    series: Object.fromEntries(
      series
        .filter(([name]) => !still.test(name))
        .map(([name, values]) => [name, name.includes("fencedbrokercount") ? written(fenced) : values]),
    ),
    ticks,
    firing: [],
  };
}

/** The only server is away, and its partitions have no leader for a minute and a half after it has come. */
function alone(): Planned {
  const planned = rolling(named("broker", 1, COMBINED));
  const name = of("kafka_controller_kafkacontroller_offlinepartitionscount", "broker-0");
  return {
    ...planned,
    series: { ...planned.series, [name]: `0x${BEFORE - 1} stale _x${AWAY - 1} 9x2 0x${AFTER}` },
  };
}

/** A roll that stops, because the second broker does not come back. */
function stopped(): Planned {
  const ticks = BEFORE + AFTER;
  const servers = named("broker", 3, COMBINED).map((server, ordinal): Server => {
    const goes = BEFORE + ordinal * (AWAY + 1);
    return {
      ...server,
      away: ordinal === 0 ? [goes, goes + AWAY] : ordinal === 1 ? [goes, ticks] : [undefined, undefined],
    };
  });
  return {
    series: seriesOf(servers, ticks, () => 3),
    ticks,
    firing: [
      "KafkaBrokerFenced",
      "KafkaBrokerMissing",
      "KafkaControllerMissing",
      "KafkaLeadersUnbalanced",
      "KafkaUnderReplicated",
    ],
  };
}

const LARGE = [...named("controller", 3, CONTROLLER), ...named("broker", 9, BROKER)];

/** Planned changes. */
export const PLANNED: Readonly<Record<string, Planned>> = {
  "a roll of 3 servers": rolling(named("broker", 3, COMBINED)),
  "a roll of 3 controllers and 9 brokers": rolling(LARGE),
  "a roll of 3 controllers and 9 brokers that are away for a minute each": rolling(LARGE, 2),
  "a restart of the only server": alone(),
  "three more brokers": scaling(true),
  "three brokers less": scaling(false),
  "a roll that stops": stopped(),
};
