import { until } from "kafka-stack-waiting";
import type { Pods } from "../pods";
import type { Plan } from "./plan";
import type { Server } from "./survey";

/** How long a quorum may take to elect a leader, in milliseconds. */
const ELECTION_MS = 300_000;

/** What a recovery does in the servers' pods. */
export type RecoveryPods = Pick<Pods, "run" | "restart" | "quorum">;

/**
 * Brings the copy of a plan to the controllers that have lost theirs, restarts them, and waits until they have elected a leader.
 *
 * An earlier run that was killed may have left copies with other directories of the voters. So every controller drops what it was given before the first
 * one is given anything: whenever a controller starts by itself, it finds copies of one run only.
 *
 * @param servers all servers of the stack, as they were asked for the plan
 * @throws when a controller does not drop an old copy, or does not take the new one; nothing has started with it then. And when no leader is elected.
 */
export async function carryOut(
  pods: RecoveryPods,
  servers: readonly Server[],
  plan: Plan,
  print: (line: string) => void,
): Promise<void> {
  const { from, copy, lost, voters, epoch } = plan;
  for (const { name } of servers.filter(({ controller }) => controller)) {
    await pods.run(name, ["quorum-recovery.sh", "discard"]);
  }
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
