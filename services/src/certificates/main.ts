import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { apiServer } from "./api-server.js";
import { CannotKeepError } from "./cannot-keep.js";
import { keepUpToDate } from "./rounds.js";
import { kubernetesSecrets } from "./secrets.js";
import { serversOf, wordsOf } from "./trust.js";

/** The program's only argument, as JSON. */
const schema = z.strictObject({
  namespace: z.string().min(1),
  /** Labels of the Secrets. */
  labels: z.record(z.string(), z.string()),
  authority: z.string().min(1),
  holders: z.record(
    z.string(),
    z.strictObject({
      name: z.string().min(1),
      hosts: z.array(z.string().min(1)),
      bootstrap: z.string().min(1).optional(),
    }),
  ),
  /** Passwords, where users have some. */
  scram: z
    .strictObject({
      store: z.string().min(1),
      users: z.record(
        z.string(),
        z.strictObject({ name: z.string().min(1), generation: z.int().min(1), bootstrap: z.string().min(1) }),
      ),
    })
    .optional(),
  /** The authority, where it is not the first one. */
  exchange: z
    .strictObject({
      generation: z.int().min(1),
      /** How long clients have for each step. */
      waitSeconds: z.number().min(0),
      /** How long this program waits for servers and clients. */
      patienceSeconds: z.number().min(0),
      /** StatefulSets of the servers, and their health port. */
      pools: z.array(z.string().min(1)),
      port: z.int().min(1),
    })
    .optional(),
});

/** Exit codes: 0 all certificates and passwords are up to date, also while an exchange of the authority waits; 1 one is not, and the last line says why. */
async function main(): Promise<number> {
  try {
    const { namespace, labels, exchange, ...wanted } = schema.parse(JSON.parse(process.argv[2] ?? ""));
    const { generation = 1, waitSeconds = 0, patienceSeconds = 0, pools = [], port = 0 } = exchange ?? {};
    const world = {
      secrets: kubernetesSecrets(apiServer(), namespace, labels),
      ask: async () => wordsOf(await serversOf(apiServer(), { namespace, pools, port })),
      now: () => new Date(),
      sleep: (ms: number) => sleep(ms),
      say: (line: string) => process.stdout.write(`${line}\n`),
    };
    await keepUpToDate(world, { ...wanted, generation, waitMs: waitSeconds * 1_000 }, patienceSeconds * 1_000);
    return 0;
  } catch (error) {
    const failure = error as Error;
    process.stderr.write(
      `${failure instanceof CannotKeepError ? failure.message : (failure.stack ?? failure.message)}\n`,
    );
    return 1;
  }
}

process.exitCode = await main();
