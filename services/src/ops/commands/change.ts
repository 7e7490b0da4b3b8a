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
import { cordonBrokers, cordonLeaving, readCordoned, uncordon, unlessRefused } from "../cordon.js";
import { applyClusterSettings, checkClusterSettings } from "../settings.js";
import { inTurn, type Step, untilDone } from "../steps.js";
import { readPlacement } from "../placement.js";
import { applyTopics, checkTopics } from "../topics/apply.js";
import { narrowTopics } from "../topics/narrow.js";
import { applyUsers } from "../users/apply.js";
import { readPasswords } from "../users/scram.js";
import { keepControllers, refuseOtherVoters } from "./controllers.js";
import { drain, refuseIfUndrainable } from "./drain.js";
import { refuseIfOnLeft, takeBack } from "./left.js";
import { moveOptions, redistribute, refuseIfTooWide } from "./redistribute.js";
import { unregister } from "./unregister.js";

/** Seconds to wait for brokers in a step of a change. */
const PATIENCE_S = 300;

/** How long to wait for newly elected leaders, in milliseconds. */
const ELECTION_MS = 60_000;

/** How long no removed controller may have rejoined, in milliseconds. */
const SETTLE_MS = 5_000;

/** A day: moves that were handed to Kafka take as long as they take. */
const DAY_S = 24 * 3_600;

/**
 * Prepares a change of servers: checks declared topics and settings, removes replicas of topics that are declared with fewer, drains leaving brokers
 * and removes leaving controllers from the quorum. Where no broker runs there is nothing to do, unless a server leaves that has begun to run.
 *
 * @throws RefusedError before anything was removed, when a part of this is impossible
 */
export async function prepareChange(environment: ProgramEnvironment, state: DesiredState): Promise<void> {
  const { brokers, controllers, voters, cordoned, moves } = state;
  const holders = holdersOf(state);
  const { print, signal, orders } = environment;
  const [first] = readBootstrap(environment.bootstrap);
  const why = first && (await whyNoneRuns(first.host, first.port, print));
  if (why !== undefined) {
    const begun = await readBegun(environment);
    refuseIfLeft(why, begun === undefined ? [] : leaving(begun, state));
    print(
      `${why}: ${begun ? "no server leaves that has begun to run" : "no broker runs yet"}, so there is nothing to do.`,
    );
    return;
  }
  const judges = await areOfVersion(environment, state.version);
  const common = { waitMs: PATIENCE_S * 1_000, print, signal, ...copying(moves) };
  const step = stepOn(environment);
  const leave = { ...common, keep: brokers, cordoned: cordoned ?? [], dryRun: false };
  const steps = (newlyCordoned: number[]) =>
    inTurn(
      [
        ...(voters === undefined
          ? []
          : [
              step("controllers: check that a static quorum keeps its voters", (cluster) =>
                refuseOtherVoters(cluster, voters),
              ),
            ]),
        step("topics: check the declaration", (cluster) =>
          checkTopics(cluster, state, { ...common, brokers: holders.length, settings: judges }),
        ),
        ...(cordoned === undefined || cordoned.length === 0
          ? []
          : [
              step("cordoned brokers: check whether the others can hold everything", async (cluster) => {
                refuseIfTooWide(await readPlacement(cluster), holders);
              }),
            ]),
        ...(judges
          ? [
              step("settings: check whether Kafka accepts them at run time", (cluster) =>
                checkClusterSettings(cluster, state.settings, { print }),
              ),
            ]
          : []),
        step("topics: remove replicas where fewer are declared", (cluster) =>
          narrowTopics(cluster, state, { ...common, keep: brokers }),
        ),
        step("leaving brokers: drain them", async (cluster) => {
          // A refusal must leave nothing changed, so it comes before brokers are cordoned.
          const holds = await refuseIfUndrainable(cluster, leave);
          if (judges && cordoned !== undefined) {
            // Those that stay after all, or are cordoned no longer, take part of what the others held.
            if (holds) await uncordon(cluster, await readCordoned(cluster, holders), print);
            newlyCordoned.push(...(await cordonLeaving(cluster, { keep: brokers, print })));
          }
          await drain(cluster, leave);
        }),
        ...(controllers === undefined
          ? []
          : [
              step("leaving controllers: remove their votes", (cluster) =>
                keepControllers(cluster, { ...common, orders, keep: controllers, joined: false, settleMs: SETTLE_MS }),
              ),
            ]),
      ],
      print,
    );
  await unlessRefused(steps, (newlyCordoned) =>
    withCluster(environment, {}, (cluster) => uncordon(cluster, newlyCordoned, print)),
  );
}

/** Completes a change once the servers run: topics, users, settings, an even spread of partitions and leaders; unregisters brokers that have left. */
export async function finishChange(environment: ProgramEnvironment, state: DesiredState): Promise<void> {
  const { brokers, controllers, cordoned, moves, users } = state;
  const holders = holdersOf(state);
  const { print, signal, orders } = environment;
  const waitMs = PATIENCE_S * 1_000;
  const common = { waitMs, print, signal, ...copying(moves) };
  const step = stepOn(environment);
  await inTurn(
    [
      step("brokers: wait until all serve", (cluster) => waitForBrokers(cluster, brokers, waitMs, print)),
      ...(controllers === undefined
        ? []
        : [
            step("controllers: wait until all vote", (cluster) =>
              keepControllers(cluster, { ...common, orders, keep: controllers, joined: true, settleMs: SETTLE_MS }),
            ),
          ]),
      // Before topics are created, so that none of them gets a replica there.
      ...(cordoned === undefined
        ? []
        : [step("brokers: cordon them", (cluster) => cordonBrokers(cluster, { brokers, cordoned, print }))]),
      // Their claims may be deleted afterwards.
      step("brokers that have left: take back what came to them since they were drained", (cluster) =>
        takeBack(cluster, { ...common, keep: brokers, cordoned: cordoned ?? [] }),
      ),
      // Replicas before the settings that require more of them in sync.
      step("topics", (cluster) => applyTopics(cluster, state, { ...common, holders })),
      ...(users === undefined
        ? []
        : [
            step("users", async (cluster) =>
              applyUsers(cluster, users, { ...common, passwords: await readPasswords(environment.passwords) }),
            ),
          ]),
      step("settings", (cluster) => applyClusterSettings(cluster, state.settings, common)),
      step("brokers that have left: unregister them", async (cluster) => {
        await refuseIfOnLeft(cluster, brokers);
        await unregister(cluster, { ...common, keep: brokers });
      }),
      ...(moves.rebalance
        ? [
            step("partitions: spread them evenly over the brokers", (cluster) =>
              redistribute(cluster, { ...common, brokers: holders, dryRun: false, handOver: !moves.wait }),
            ),
          ]
        : holders.length < brokers.length
          ? [
              step("cordoned brokers: drain them", (cluster) =>
                drain(cluster, { ...common, keep: holders, cordoned: [], dryRun: false }),
              ),
            ]
          : []),
      step("leaders", (cluster) => electLeaders(cluster, ELECTION_MS, print)),
    ],
    print,
  );
}

/** Waits for the end of moves that were handed to Kafka, however long they take and whatever fails meanwhile, and removes the throttle. Begins no moves. */
export async function awaitMoves(environment: ProgramEnvironment, { moves }: DesiredState): Promise<void> {
  const { print, signal } = environment;
  const patience = { throttle: moves.throttle, stall: 365 * DAY_S, print, signal };
  const look = () =>
    withCluster(environment, { wait: DAY_S }, async (cluster) => {
      await settle(clusterPort(cluster, moves.throttle), moveOptions(patience));
      print("No partition moves, and no throttle is set.");
      await electLeaders(cluster, DAY_S * 1_000, print);
    });
  await untilDone(look, { print, signal });
}

/** The declaration of moves, as the commands take it. */
const copying = ({ throttle, stallSeconds: stall, diskLimit, evenBytes }: DesiredState["moves"]) => ({
  throttle,
  stall,
  diskLimit,
  evenBytes,
});

/** Creates steps that run on the cluster. */
const stepOn =
  (environment: ProgramEnvironment) =>
  (name: string, run: (cluster: Cluster) => Promise<unknown>): Step => ({
    name,
    run: () =>
      withCluster(environment, { wait: PATIENCE_S }, async (cluster) => {
        await run(cluster);
      }),
  });

/** The brokers that shall hold partitions. */
const holdersOf = ({ brokers, cordoned = [] }: DesiredState): readonly number[] =>
  brokers.filter((id) => !cordoned.includes(id));

/** Servers that have begun to run and are not kept. */
function leaving(begun: Begun, { brokers, voters, controllers = voters }: DesiredState): readonly string[] {
  const gone = (kind: string, ids: readonly number[], keep: readonly number[]) =>
    ids.filter((id) => !keep.includes(id)).map((id) => `${kind} ${id}`);
  return [
    ...gone("broker", begun.brokers, brokers),
    ...(controllers === undefined ? [] : gone("controller", begun.controllers, controllers)),
  ];
}

/**
 * Whether the running brokers are of the declared version: older ones know other settings, and judge only for themselves. An unknown version counts
 * as different. The declared version's own parser has checked the files by then, and `finish` asks the new brokers before it changes anything.
 */
async function areOfVersion({ earlier }: ProgramEnvironment, version: string): Promise<boolean> {
  if (earlier === undefined) return false;
  return (await readFile(join(earlier, "version"), "utf8").catch(() => "")).trim() === version;
}
