import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Begun, readBegun, refuseIfLeft } from "../begun.js";
import { waitForBrokers, whyNoneRuns } from "../brokers.js";
import type { Cluster } from "../cluster.js";
import type { DesiredState } from "../desired-state.js";
import { electLeaders } from "../elections.js";
import { type ProgramEnvironment, readBootstrap, withCluster } from "../environment.js";
import { clusterPort } from "../move/cluster-port.js";
import { settle } from "../move/mover.js";
import { applyClusterSettings, checkClusterSettings } from "../settings.js";
import { inTurn, type Step } from "../steps.js";
import { applyTopics, checkTopics } from "../topics/apply.js";
import { narrowTopics } from "../topics/narrow.js";
import { applyUsers } from "../users/apply.js";
import { keepControllers } from "./controllers.js";
import { drain } from "./drain.js";
import { moveOptions, redistribute } from "./redistribute.js";
import { unregister } from "./unregister.js";

/** Seconds to wait for brokers in a part of a change. */
const PATIENCE_S = 300;

/** Milliseconds in which Kafka's newly elected leaders are waited for. */
const ELECTION_MS = 60_000;

/** Milliseconds for which no removed controller may have come back. */
const SETTLE_MS = 5_000;

/** A day: what was handed to Kafka ends when it ends. */
const DAY_S = 24 * 3_600;

/**
 * What must happen before servers change: declared topics and settings are checked against what is there, topics that shall have fewer replicas get fewer, and
 * brokers and controllers that shall go are emptied. Where no broker runs, there is nothing to do, unless something leaves that has begun to run.
 *
 * @throws RefusedError before anything was removed, when something of it cannot be done
 */
export async function prepareChange(environment: ProgramEnvironment, state: DesiredState): Promise<void> {
  const { brokers, controllers, moves } = state;
  const { print, signal } = environment;
  const [first] = readBootstrap(environment.bootstrap);
  const why = first && (await whyNoneRuns(first.host, first.port, print));
  if (why !== undefined) {
    const begun = await readBegun(environment);
    refuseIfLeft(why, begun === undefined ? [] : leaving(begun, state));
    print(`${why}: ${begun ? "nothing runs that leaves" : "no broker runs yet"}, so there is nothing to do.`);
    return;
  }
  const judges = await areOfVersion(environment, state.version);
  const common = { waitMs: PATIENCE_S * 1_000, print, signal, throttle: moves.throttle, stall: moves.stallSeconds };
  const step = stepOn(environment);
  await inTurn(
    [
      step("topics: can they be as declared?", (cluster) =>
        checkTopics(cluster, state, { ...common, brokers: brokers.length, settings: judges }),
      ),
      ...(judges
        ? [
            step("settings: does Kafka take them while it runs?", (cluster) =>
              checkClusterSettings(cluster, state.settings, { print }),
            ),
          ]
        : []),
      step("topics: fewer replicas where fewer are declared", (cluster) =>
        narrowTopics(cluster, state, { ...common, keep: brokers }),
      ),
      step("brokers that leave: move everything off them", (cluster) =>
        drain(cluster, { ...common, brokers, dryRun: false }),
      ),
      ...(controllers === undefined
        ? []
        : [
            step("controllers that leave: take their vote", (cluster) =>
              keepControllers(cluster, { ...common, keep: controllers, joined: false, settleMs: SETTLE_MS }),
            ),
          ]),
    ],
    print,
  );
}

/** What completes a change once the servers run: topics, users, settings, a fair share of partitions and leaders for each broker; brokers that left are forgotten. */
export async function finishChange(environment: ProgramEnvironment, state: DesiredState): Promise<void> {
  const { brokers, controllers, moves, users } = state;
  const { print, signal } = environment;
  const waitMs = PATIENCE_S * 1_000;
  const common = { waitMs, print, signal, throttle: moves.throttle, stall: moves.stallSeconds };
  const step = stepOn(environment);
  await inTurn(
    [
      step("brokers: wait until all serve", (cluster) => waitForBrokers(cluster, brokers, waitMs, print)),
      ...(controllers === undefined
        ? []
        : [
            step("controllers: wait until all vote", (cluster) =>
              keepControllers(cluster, { ...common, keep: controllers, joined: true, settleMs: SETTLE_MS }),
            ),
          ]),
      // Replicas before the settings that want more of them in sync.
      step("topics", (cluster) => applyTopics(cluster, state, common)),
      ...(users === undefined ? [] : [step("users", (cluster) => applyUsers(cluster, users, common))]),
      step("settings", (cluster) => applyClusterSettings(cluster, state.settings, common)),
      step("brokers that left: forget them", (cluster) => unregister(cluster, { ...common, keep: brokers })),
      ...(moves.rebalance
        ? [
            step("partitions: a fair share for each broker", (cluster) =>
              redistribute(cluster, { ...common, brokers, dryRun: false, handOver: !moves.wait }),
            ),
          ]
        : []),
      step("leaders", (cluster) => electLeaders(cluster, ELECTION_MS, print)),
    ],
    print,
  );
}

/** Sees to the end of what was handed to Kafka, however long that takes, and removes the throttle. Begins no moves. */
export async function awaitMoves(environment: ProgramEnvironment, { moves }: DesiredState): Promise<void> {
  const { print, signal } = environment;
  const patience = { throttle: moves.throttle, stall: 365 * DAY_S, print, signal };
  await withCluster(environment, { wait: DAY_S }, async (cluster) => {
    await settle(clusterPort(cluster, moves.throttle), moveOptions(patience));
    print("No partition moves, and no throttle is set.");
    await electLeaders(cluster, DAY_S * 1_000, print);
  });
}

/** Makes steps that run on the cluster. */
const stepOn =
  (environment: ProgramEnvironment) =>
  (name: string, run: (cluster: Cluster) => Promise<unknown>): Step => ({
    name,
    run: () =>
      withCluster(environment, { wait: PATIENCE_S }, async (cluster) => {
        await run(cluster);
      }),
  });

/** What has begun to run and is not kept. A quorum that cannot change keeps its controllers. */
function leaving(begun: Begun, { brokers, controllers }: DesiredState): readonly string[] {
  const gone = (kind: string, ids: readonly number[], keep: readonly number[]) =>
    ids.filter((id) => !keep.includes(id)).map((id) => `${kind} ${id}`);
  return [
    ...gone("broker", begun.brokers, brokers),
    ...(controllers === undefined ? [] : gone("controller", begun.controllers, controllers)),
  ];
}

/**
 * Whether the brokers that run are of the version that they shall be: an older one knows other settings, and judges only itself. What is not known is another one;
 * the version's own parser has judged the files then, and `finish` asks the new brokers before it changes anything.
 */
async function areOfVersion({ earlier }: ProgramEnvironment, version: string): Promise<boolean> {
  if (earlier === undefined) return false;
  return (await readFile(join(earlier, "version"), "utf8").catch(() => "")).trim() === version;
}
