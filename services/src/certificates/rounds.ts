import { commonName, dataOf, trustedBy, authoritiesIn, type Authorities } from "./authorities.js";
import { createAuthority, fingerprintOf } from "./authority.js";
import { CannotKeepError } from "./cannot-keep.js";
import { decide, type ExchangeState, type ServerWord, type Step } from "./decide.js";
import { keepCertificates, type Kept, type Wanted } from "./keep.js";
import { keepPasswords, type WantedPasswords } from "./passwords.js";
import type { Secrets } from "./secrets.js";

/** What a stack needs, and how long clients have for each step of an exchange of its authority. */
export interface Stack extends Wanted {
  /** Passwords, where users have some. */
  readonly scram?: WantedPasswords | undefined;
  /** Milliseconds that clients have to take their files, before the next step. */
  readonly waitMs: number;
}

/** What rounds need of the world. */
export interface World {
  readonly secrets: Secrets;
  /** Asks all servers that exist what their TLS uses. @throws when it is not known which exist */
  readonly ask: () => Promise<readonly ServerWord[]>;
  readonly now: () => Date;
  readonly sleep: (ms: number) => Promise<void>;
  /** Takes each sentence once it is true. */
  readonly say: (line: string) => void;
}

/** Milliseconds between two looks at servers that a step waits for. */
const PAUSE_MS = 5_000;

/** Milliseconds for which rounds may fail one after the other, where it waits anyway: the API server may restart, and the CronJob may have written first. */
const FAILING_MS = 60_000;

/**
 * Brings all Secrets up to date, and takes the steps of an exchange of the authority for which everything is there. It waits for the others as long as it may; the
 * next call goes on.
 *
 * An exchange that is not over is no error: all certificates are valid, and an update that failed for a server's silence could not repair that server.
 *
 * @param patienceMs how long it may wait
 * @throws CannotKeepError as {@link keepCertificates} and {@link keepPasswords}, and when an earlier authority is wanted; the API server's errors, when it
 *   may not wait, and when they last for a minute
 */
export async function keepUpToDate(world: World, stack: Stack, patienceMs: number): Promise<void> {
  const end = world.now().getTime() + patienceMs;
  let [saidBefore, quiet] = ["", true];
  let failingSince: number | undefined;
  for (;;) {
    let done: Round;
    try {
      done = await round(world, stack);
      failingSince = undefined;
    } catch (error) {
      const now = world.now().getTime();
      failingSince ??= now;
      if (error instanceof CannotKeepError || now >= Math.min(end, failingSince + FAILING_MS)) throw error;
      world.say(`trying again: ${(error as Error).message}`);
      quiet = false;
      await world.sleep(PAUSE_MS);
      continue;
    }
    const { said, step } = done;
    for (const line of said) world.say(line);
    quiet &&= said.length === 0;
    if (step.do === "refuse") throw new CannotKeepError(step.reason);
    if (step.do === "nothing") {
      if (quiet) world.say("all certificates are up to date");
      return;
    }
    if (step.do !== "wait") continue;
    const [now, { reason }] = [world.now().getTime(), step];
    if (reason !== saidBefore) world.say(`the exchange of the authority waits: ${reason}`);
    saidBefore = reason;
    quiet = false;
    if (now >= end || (step.until?.getTime() ?? 0) > end) {
      world.say(
        "the exchange of the authority is not over: the CronJob of the certificates goes on with it each night",
      );
      return;
    }
    await world.sleep(Math.min(PAUSE_MS, Math.max(end - now, 1)));
  }
}

/** What a round has said and found. */
interface Round {
  readonly said: readonly string[];
  readonly step: Step;
}

/** One round: first the Secrets of the state, then its next step. */
async function round({ secrets, ask, now }: World, stack: Stack): Promise<Round> {
  const kept = await keepCertificates(secrets, stack, now());
  const said = [...kept.said];
  if (stack.scram) {
    const readTrusted = async () =>
      trustedBy(authoritiesIn(stack.authority, (await secrets.read(stack.authority))?.data ?? {}));
    said.push(...(await keepPasswords(secrets, stack.scram, readTrusted)));
  }
  const state = stateOf(kept.authorities);
  const asks = state.next?.out !== undefined || state.previous?.out !== undefined;
  const step = decide(state, stack.generation ?? 1, stack.waitMs, asks ? await ask() : [], now());
  const changed = await take(step, stack, kept, now());
  if (changed) {
    const { resourceVersion } = kept;
    const data = dataOf(changed.authorities);
    await secrets.write({ name: stack.authority, data, type: "kubernetes.io/tls", resourceVersion });
    said.push(changed.said);
  }
  return { said, step };
}

const stateOf = ({ generation, signing, next, previous }: Authorities): ExchangeState => ({
  generation,
  signing: fingerprintOf(signing.certificate),
  ...(next && { next: { ...next, fingerprint: fingerprintOf(next.pair.certificate) } }),
  ...(previous && { previous: { ...previous, fingerprint: fingerprintOf(previous.certificate) } }),
});

/** The authorities after a step; undefined when it changes none. */
async function take(
  step: Step,
  { authority, generation: wanted = 1 }: Wanted,
  { authorities }: Kept,
  now: Date,
): Promise<{ readonly authorities: Authorities; readonly said: string } | undefined> {
  const { generation, signing, next, previous } = authorities;
  const name = (of: number) => commonName(authority, of);
  switch (step.do) {
    case "announce": {
      const pair = await createAuthority(name(wanted), now);
      return {
        authorities: { generation, signing, next: { generation: wanted, pair } },
        said: `${authority}: the next authority, ${name(wanted)}, which all are to trust beside ${name(generation)}`,
      };
    }
    case "date": {
      if (next) {
        const said = `all Secrets have ${name(next.generation)} among the trusted authorities`;
        return { authorities: { ...authorities, next: { ...next, out: now } }, said };
      }
      if (!previous) return undefined;
      const said = `all Secrets have certificates of ${name(generation)}`;
      return { authorities: { ...authorities, previous: { ...previous, out: now } }, said };
    }
    case "issue":
      return (
        next && {
          authorities: {
            generation: next.generation,
            signing: next.pair,
            previous: { certificate: signing.certificate },
          },
          said: `${authority}: all servers trust ${name(next.generation)}: it signs from now on, and the key of ${name(generation)} is deleted`,
        }
      );
    case "retire":
      return {
        authorities: { generation, signing },
        said: `${authority}: all servers show certificates of ${name(generation)}: the authority before it is trusted no longer`,
      };
    default:
      return undefined;
  }
}
