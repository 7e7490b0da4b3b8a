import { until } from "kafka-stack-waiting";
import type { Pods } from "../pods";
import { judge, type Judgement, type Named, type Plan } from "./plan";
import type { Server, Surveyed } from "./survey";

/** How long a quorum may take to elect a leader, in milliseconds. */
const ELECTION_MS = 300_000;

/** What a recovery does in the servers' pods. */
export type RecoveryPods = Pick<Pods, "run" | "restart" | "quorum">;

/**
 * Brings a copy to the controllers that have lost theirs, restarts them, and waits until they have elected a leader.
 *
 * An earlier run that was killed may have left copies with other directories of the voters, and a controller that starts by itself takes such a copy. So every
 * controller drops what it was given, only then are all servers asked what the recovery builds on, and only then is one given anything.
 *
 * @param found the servers as they were shown, and what was agreed to for them
 * @param named the names that the recovery was asked for with
 * @param look asks all servers again
 * @throws when a controller does not drop an old copy, when the servers have changed since they were shown, or when a controller does not take the new copy:
 * nothing has started with it then. And when no leader is elected.
 */
export async function carryOut(
  pods: RecoveryPods,
  found: { readonly servers: readonly Server[]; readonly plan: Plan },
  named: Named,
  look: () => Promise<Surveyed>,
  print: (line: string) => void,
): Promise<void> {
  for (const { name } of found.servers.filter(({ controller }) => controller)) {
    await pods.run(name, ["quorum-recovery.sh", "discard"]);
  }
  const { servers, fixed } = await look();
  const plan = agreed(judge(servers, fixed, named), found.plan);
  const { from, copy, lost, voters, epoch } = plan;
  const content = await pods.run(from.name, ["quorum-recovery.sh", "export"]);
  const all = [...voters].map(([id, directory]) => `${id}:${directory}`).join(",");
  // All of them before the first one starts: until then nothing has happened, and the command can be given again.
  try {
    for (const { name, id } of lost) {
      const stage = ["stage", String(content.length), String(copy.end), String(epoch), voters.get(id) ?? "", all];
      await pods.run(name, ["quorum-recovery.sh", ...stage], content);
      print(`${name} has received the copy.`);
    }
  } catch (error) {
    // A copy that stays is taken at the next start of its server, unless that has other metadata by then.
    await Promise.allSettled(lost.map(({ name }) => pods.run(name, ["quorum-recovery.sh", "discard"])));
    throw error;
  }
  for (const { name } of lost) await pods.restart(name);
  print("The controllers start with it.");
  const elected = async () => {
    const said = await Promise.all(
      lost.map(({ name }) =>
        pods.quorum(name).catch((error: unknown) => (error instanceof Error ? error.message : "")),
      ),
    );
    const leader = said.map((text) => /^leader=(\d+)$/m.exec(text)?.[1]).find((id) => id !== undefined);
    const reached = said.some((text) => Number(/^highWatermark=(\d+)$/m.exec(text)?.[1] ?? -1) > copy.end);
    return reached ? leader : undefined;
  };
  const late = () =>
    `The controllers have the copy and elect no leader after ${ELECTION_MS / 1000} s: their logs say why. What was on their volumes lies there in before-recovery-…; the command can be given again.`;
  const leader = await until(elected, { what: "there is a leader", timeout: ELECTION_MS, interval: 1_000, late });
  print(
    `The quorum is back: node ${leader} leads it. Brokers that have stopped come back by themselves; \`npm run ops -- status\` says how far they are.`,
  );
}

/** @returns the plan of a later judgement @throws when that is not for the same names and the same copy as the one that was agreed to. */
function agreed(later: Judgement, before: Plan): Plan {
  const changed = (what: string): Error =>
    new Error(
      `What the servers have has changed since it was shown: ${what} Nothing was given to any of them. Look again with \`npm run ops -- recover-quorum\`, which shows the names and the costs of now.`,
    );
  if (later.kind === "refused") throw changed(later.why);
  if (later.kind === "unnamed") throw changed(later.why ?? "other controllers have lost their disks.");
  const { from, copy } = later.plan;
  if (copy.end !== before.copy.end || copy.epoch !== before.copy.epoch) {
    throw changed(`the copy of ${from.name} ends at offset ${copy.end} of epoch ${copy.epoch}.`);
  }
  return later.plan;
}
