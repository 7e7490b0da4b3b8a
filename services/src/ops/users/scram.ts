import { alterUserScramCredentialsV0, describeUserScramCredentialsV0, ScramMechanisms } from "@platformatic/kafka";
import { createHash, pbkdf2, randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { storedForm } from "../../certificates/passwords.js";
import type { Cluster } from "../cluster.js";
import { RefusedError } from "../refused.js";

/** Iterations by login: that there is a password, and all that Kafka tells of it. */
export type Credentials = ReadonlyMap<string, number>;

/** A user's password, and which one it is. */
export interface Password {
  readonly generation: number;
  readonly password: string;
}

/** Bounds of iterations: Kafka takes no fewer and no more. */
const [LEAST, MOST] = [4_096, 16_384];

/** Iterations of a login that has ended: that many no password has, and no tool gives by default. */
const ENDED = MOST;

const SALT_BYTES = 32;
const KEY_BYTES = 64;

/**
 * The iterations for a password, which differ between passwords: Kafka tells them, and so whether it has this password or an earlier one that was lost. They say nothing that
 * would help to guess one of 256 random bits.
 */
export const iterationsOf = (password: string): number =>
  LEAST + (createHash("sha256").update(`iterations ${password}`).digest().readUInt32BE() % (ENDED - LEAST));

/** All passwords of the cluster, of whomever, without logins that have ended. */
export async function readCredentials(cluster: Cluster): Promise<Credentials> {
  return byLogin(await cluster.request("reading who has a password", "any", describeUserScramCredentialsV0.api, null));
}

/** As {@link readCredentials}, as one broker knows them; undefined when it is not there. */
export async function credentialsKnownTo(cluster: Cluster, broker: number): Promise<Credentials | undefined> {
  const answer = await cluster.ask(broker, describeUserScramCredentialsV0.api, null);
  return answer && byLogin(answer);
}

const byLogin = ({ results }: describeUserScramCredentialsV0.DescribeUserScramCredentialsResponse): Credentials =>
  new Map(
    results.flatMap(({ user, credentialInfos }) =>
      credentialInfos
        .filter(({ mechanism, iterations }) => mechanism === ScramMechanisms.SCRAM_SHA_512 && iterations !== ENDED)
        .map(({ iterations }): [string, number] => [user, iterations]),
    ),
  );

/** Lets somebody log in with a password, and no longer with what it had under this name. Kafka gets neither the password nor what it could be logged in with elsewhere. */
export async function setCredential(cluster: Cluster, login: string, password: string): Promise<void> {
  const [salt, iterations] = [randomBytes(SALT_BYTES), iterationsOf(password)];
  const saltedPassword = await promisify(pbkdf2)(password, salt, iterations, KEY_BYTES, "sha512");
  await upsert(cluster, `setting the password of ${login}`, [{ name: login, iterations, salt, saltedPassword }]);
}

/**
 * Ends logins. They are given random keys that nobody has, and not removed: a server that reads a removal when it starts may forget all passwords of the cluster with it
 * (`org.apache.kafka.image.ScramDelta` in Kafka 4.3.1: a removal from an empty map detaches that map, and what follows is lost).
 */
export async function endLogins(cluster: Cluster, logins: readonly string[]): Promise<void> {
  if (logins.length === 0) return;
  const ended = logins.map((name) => ({
    name,
    iterations: ENDED,
    salt: randomBytes(SALT_BYTES),
    saltedPassword: randomBytes(KEY_BYTES),
  }));
  await upsert(cluster, "taking passwords away", ended);
}

type Upsertion = Omit<alterUserScramCredentialsV0.AlterUserScramCredentialsRequestUpsertions, "mechanism">;

async function upsert(cluster: Cluster, what: string, all: readonly Upsertion[]): Promise<void> {
  const upsertions = all.map((one) => ({ ...one, mechanism: ScramMechanisms.SCRAM_SHA_512 }));
  await cluster.request(what, "controller", alterUserScramCredentialsV0.api, [], upsertions);
}

/**
 * The passwords by user, from the volume of the Secret with all of them.
 *
 * @param directory undefined where the program has none
 * @throws RefusedError when one cannot be read
 */
export async function readPasswords(directory: string | undefined): Promise<ReadonlyMap<string, Password> | undefined> {
  if (directory === undefined) return undefined;
  const passwords = new Map<string, Password>();
  // Beside the keys there are the kubelet's own directories.
  for (const user of (await readdir(directory)).filter((name) => !name.startsWith(".."))) {
    try {
      passwords.set(user, storedForm.parse(JSON.parse(await readFile(join(directory, user), "utf8"))));
    } catch {
      // What is in the file must not get into the message.
      throw new RefusedError(
        `The password of ${user} in the Secret kafka-passwords cannot be read: delete that Secret and run the CronJob kafka-certificates, which takes the password from the user's own Secret.`,
      );
    }
  }
  return passwords;
}
