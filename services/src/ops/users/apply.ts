import type { Cluster } from "../cluster.js";
import { count } from "../format.js";
import { RefusedError } from "../refused.js";
import { type Acl, aclsKnownTo, createAcls, deleteAcls, keyOf, readAcls } from "./acls.js";
import type { DeclaredUser } from "./declared.js";
import { describePlan, isEmptyPlan, planUsers, type UsersPlan } from "./plan.js";
import { alterQuotas, readQuotas } from "./quotas.js";
import {
  type Credentials,
  credentialsKnownTo,
  endLogins,
  iterationsOf,
  type Password,
  readCredentials,
  setCredential,
} from "./scram.js";

/** Options of a change. */
export interface UsersOptions {
  /** Milliseconds to wait until every broker has applied the change. */
  readonly waitMs: number;
  readonly print: (line: string) => void;
  /** Passwords by user. @default there are none */
  readonly passwords?: ReadonlyMap<string, Password> | undefined;
}

/** Prints what {@link applyUsers} would do. @returns the plan */
export async function checkUsers(
  cluster: Cluster,
  declared: readonly DeclaredUser[],
  { print, passwords }: Pick<UsersOptions, "print" | "passwords">,
): Promise<UsersPlan> {
  const [acls, quotas] = [await readAcls(cluster), await readQuotas(cluster)];
  const plan = planUsers(declared, { acls, quotas, credentials: await readCredentials(cluster) }, passwords);
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
  const known = plan.set.filter(({ password }) => password !== undefined);
  if (known.length < plan.set.length) {
    const unknown = plan.set.filter(({ password }) => password === undefined).map(({ login }) => login);
    throw new RefusedError(
      `The Secret kafka-passwords has no password of ${unknown.join(", ")}, so nothing was changed: run the CronJob kafka-certificates, which makes it, and then this again.`,
    );
  }
  await createAcls(cluster, plan.record);
  await createAcls(cluster, plan.create);
  await createAcls(cluster, plan.announce);
  for (const { login, password } of known) await setCredential(cluster, login, password ?? "");
  await deleteAcls(cluster, plan.remove);
  await endLogins(cluster, plan.unset);
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
  const lacksPasswords = (credentials: Credentials) =>
    plan.unset.some((login) => credentials.has(login)) ||
    plan.set.some(({ login, password = "" }) => credentials.get(login) !== iterationsOf(password));
  for (const deadline = Date.now() + waitMs; ;) {
    const { brokers } = await cluster.describe([]);
    const answers = await Promise.all([...brokers.keys()].map((id) => aclsKnownTo(cluster, id)));
    // A missing broker reads all of it when it comes back, before it serves clients.
    const logins = await Promise.all([...brokers.keys()].map((id) => credentialsKnownTo(cluster, id)));
    const behind =
      answers.some((acls) => acls !== undefined && isBehind(acls)) ||
      logins.some((credentials) => credentials !== undefined && lacksPasswords(credentials));
    if (!behind) return;
    if (Date.now() >= deadline)
      throw new RefusedError(
        `Rights were changed, and not all brokers know of it after ${waitMs / 1_000} s: what was taken away may still be allowed by some. Look at their logs, and run this again.`,
      );
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
