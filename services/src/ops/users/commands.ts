import type { Command } from "commander";
import { existsSync } from "node:fs";
import { userOfLogin } from "../../kafka/login.js";
import { readDesiredState } from "../desired-state.js";
import { type ProgramEnvironment, withCluster } from "../environment.js";
import { formatTable } from "../format.js";
import { RefusedError } from "../refused.js";
import { describeAcl, readAcls, type Acl, userOf } from "./acls.js";
import { checkUsers } from "./apply.js";
import { isEmptyPlan } from "./plan.js";
import { readQuotas } from "./quotas.js";
import { isRecord, recorded } from "./record.js";
import { type Credentials, readCredentials } from "./scram.js";

/** The document in pods of a closed stack. */
const FILE = "/etc/ops/cluster.json";

/** Adds `users`. */
export function addUsers(program: Command, environment: ProgramEnvironment): void {
  const { print } = environment;
  program
    .command("users")
    .description("show who may do what, and how much of it")
    .option("--check", "say how that differs from what the stack declares; exit code 1 when it does", false)
    .option("--file <path>", "what the stack declares, cluster.json", FILE)
    .action(async ({ check, file }: { check: boolean; file: string }) => {
      if (!check) {
        await withCluster(environment, {}, async (cluster) => {
          const acls = await readAcls(cluster);
          showAccess(acls, await readQuotas(cluster), await readCredentials(cluster)).forEach(print);
        });
        return;
      }
      // The pods of a stack without users do not have the document.
      const users = file === FILE && !existsSync(FILE) ? undefined : (await readDesiredState(file)).users;
      if (users === undefined) throw new RefusedError("The stack declares no users: it is not closed by certificates.");
      await withCluster(environment, {}, async (cluster) => {
        if (!isEmptyPlan(await checkUsers(cluster, users, { print })))
          throw new RefusedError(
            "The cluster's users are not as declared: the lines above say what the next `up` that changes something brings about.",
          );
      });
    });
}

/** A line for each right, quota and password: whose it is, whether the stack declares that user, and what it is. */
export function showAccess(
  acls: readonly Acl[],
  quotas: Awaited<ReturnType<typeof readQuotas>>,
  credentials: Credentials,
): string[] {
  const own = new Set(recorded(acls));
  const rows = [
    ...acls.filter((acl) => !isRecord(acl)).map((acl) => ({ user: userOf(acl), what: describeAcl(acl) })),
    ...[...quotas].flatMap(([user, all]) =>
      Object.entries(all).map(([key, value]) => ({ user, what: `${key} ${value}` })),
    ),
    ...[...credentials.keys()].map((login) => ({
      user: userOfLogin(login).user,
      what: `log in as ${login} with a password`,
    })),
  ].sort((a, b) => (a.user === b.user ? (a.what < b.what ? -1 : 1) : a.user < b.user ? -1 : 1));
  const of = (user: string) => (own.has(user) ? "the stack" : "somebody else");
  return formatTable([["USER", "MADE BY", "MAY"], ...rows.map(({ user, what }) => [user, of(user), what])]);
}
