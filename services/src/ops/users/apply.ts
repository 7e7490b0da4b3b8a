import type { Cluster } from "../cluster.js";
import { count } from "../format.js";
import { RefusedError } from "../refused.js";
import { type Acl, aclsKnownTo, createAcls, deleteAcls, keyOf, readAcls } from "./acls.js";
import type { DeclaredUser } from "./declared.js";
import { describePlan, isEmptyPlan, planUsers, type UsersPlan } from "./plan.js";
import { alterQuotas, readQuotas } from "./quotas.js";

/** Options of a change. */
export interface UsersOptions {
  /** Milliseconds to wait until every broker has applied the change. */
  readonly waitMs: number;
  readonly print: (line: string) => void;
}

/** Prints what {@link applyUsers} would do. @returns the plan */
export async function checkUsers(
  cluster: Cluster,
  declared: readonly DeclaredUser[],
  { print }: Pick<UsersOptions, "print">,
): Promise<UsersPlan> {
  const plan = planUsers(declared, { acls: await readAcls(cluster), quotas: await readQuotas(cluster) });
  for (const line of describePlan(plan)) print(line);
  if (isEmptyPlan(plan)) print(`All ${count(declared.length, "user")} may do what is declared.`);
  return plan;
}

/**
 * Reconciles rights and quotas with what is declared, and waits until every broker applies them. It grants before it revokes, so that a right that stays is never missing.
 *
 * @throws {@link RefusedError} when Kafka refuses, or a broker has not applied it in time; a later run continues.
 */
export async function applyUsers(
  cluster: Cluster,
  declared: readonly DeclaredUser[],
  options: UsersOptions,
): Promise<void> {
  const plan = await checkUsers(cluster, declared, options);
  if (isEmptyPlan(plan)) return;
  await createAcls(cluster, plan.record);
  await createAcls(cluster, plan.create);
  await createAcls(cluster, plan.announce);
  await deleteAcls(cluster, plan.remove);
  for (const { user, changes } of plan.quotas) await alterQuotas(cluster, user, changes);
  await deleteAcls(cluster, plan.forget);
  await untilKnown(cluster, plan, options.waitMs);
  options.print("Done.");
}

/** Brokers apply what the controllers have written at different times. */
async function untilKnown(cluster: Cluster, plan: UsersPlan, waitMs: number): Promise<void> {
  const there = [...plan.create, ...plan.announce].map(keyOf);
  const gone = [...plan.remove, ...plan.forget].map(keyOf);
  const isBehind = (acls: readonly Acl[]) => {
    const known = new Set(acls.map(keyOf));
    return there.some((key) => !known.has(key)) || gone.some((key) => known.has(key));
  };
  for (const deadline = Date.now() + waitMs; ;) {
    const { brokers } = await cluster.describe([]);
    const answers = await Promise.all([...brokers.keys()].map((id) => aclsKnownTo(cluster, id)));
    // A missing broker reads all of it when it comes back, before it serves clients.
    if (!answers.some((acls) => acls !== undefined && isBehind(acls))) return;
    if (Date.now() >= deadline)
      throw new RefusedError(
        `Rights were changed, and not all brokers know of it after ${waitMs / 1_000} s: what was taken away may still be allowed by some. Look at their logs, and run this again.`,
      );
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
