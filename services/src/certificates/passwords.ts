import { randomBytes } from "node:crypto";
import { z } from "zod";
import { loginOf } from "../kafka/login.js";
import { passwordProperties } from "./client-properties.js";
import { CannotKeepError } from "./cannot-keep.js";
import type { Secret, Secrets } from "./secrets.js";

/** A user that logs in with a password. */
export interface PasswordHolder {
  readonly name: string;
  /** Which password it has: a higher one is a new one. */
  readonly generation: number;
  /** Address of the brokers' listener for passwords. */
  readonly bootstrap: string;
}

/** The passwords that a stack needs. */
export interface WantedPasswords {
  /** Name of the Secret with all of them, for the stack's own operations. */
  readonly store: string;
  /** The users, by the name of their Secret, after its namespace and `/` where that is another one. */
  readonly users: Readonly<Record<string, PasswordHolder>>;
}

/** An entry of the Secret with all passwords: the operations read it, too. */
export const storedForm = z.strictObject({ generation: z.int().min(1), password: z.string().min(1) });

type Stored = z.output<typeof storedForm>;

/** 256 bits, in characters that need no escape in a file of properties. */
const makePassword = (): string => randomBytes(32).toString("base64url");

/** Type of a user's Secret: Kubernetes' own for a name and a password. */
export const PASSWORD_SECRET = "kubernetes.io/basic-auth";

/**
 * Reconciles passwords: each user has one of its generation, which is made once, in its own Secret and in that with all of them. When one of both is gone, the other one has it.
 *
 * @param readTrusted reads the certificates that a client must trust. It is called after all Secrets were read: when it is outdated then, so is what was read, and nothing is written over newer ones
 * @returns a sentence for each Secret that was written. No password is in any.
 * @throws CannotKeepError when a Secret is somebody else's
 */
export async function keepPasswords(
  secrets: Secrets,
  { store: name, users }: WantedPasswords,
  readTrusted: () => Promise<string>,
): Promise<string[]> {
  const said: string[] = [];
  const store = await secrets.read(name);
  const found = new Map<string, Secret | undefined>();
  for (const secret of Object.keys(users)) found.set(secret, await secrets.read(secret));
  refuseOthers([...found.values(), store]);
  const authority = await readTrusted();
  const passwords = new Map<string, Stored>();
  for (const [secret, holder] of Object.entries(users)) {
    passwords.set(holder.name, passwordOf(holder, store, found.get(secret)));
  }
  const entries = [...passwords].map(([user, stored]) => [user, JSON.stringify(stored)] as const);
  const wanted: Record<string, string> = Object.fromEntries(entries);
  // Before anybody gets a password it is where it can be found again.
  if (!sameData(store?.data, wanted)) {
    await secrets.write({ name, data: wanted, type: "Opaque", resourceVersion: store?.resourceVersion });
    said.push(`${name}: the passwords of ${entries.length} users`);
  }
  for (const [secret, { name: user, generation, bootstrap }] of Object.entries(users)) {
    const before = found.get(secret);
    const username = loginOf(user, generation);
    const password = passwords.get(user)?.password ?? "";
    const data = {
      username,
      password,
      "ca.crt": authority,
      "client.properties": passwordProperties({ username, password, authority }, bootstrap),
    };
    if (sameData(before?.data, data)) continue;
    await secrets.write({ name: secret, data, type: PASSWORD_SECRET, resourceVersion: before?.resourceVersion });
    said.push(`${secret}: the password of ${username}`);
  }
  return said;
}

function passwordOf({ name, generation }: PasswordHolder, store: Secret | undefined, own: Secret | undefined): Stored {
  const stored = parse(store?.data[name]);
  if (stored?.generation === generation) return stored;
  const { username, password } = own?.data ?? {};
  if (username === loginOf(name, generation) && password) return { generation, password };
  return { generation, password: makePassword() };
}

function parse(text: string | undefined): Stored | undefined {
  try {
    return text === undefined ? undefined : storedForm.parse(JSON.parse(text));
  } catch {
    // Whatever it is, it is no password.
    return undefined;
  }
}

function refuseOthers(found: readonly (Secret | undefined)[]): void {
  for (const one of found) {
    if (one?.own === false) {
      throw new CannotKeepError(
        `${one.name} is a Secret that this stack did not make, and what is in it would be lost: give the user another Secret (users[…].secret), or delete what is there.`,
      );
    }
    if (one?.type === "kubernetes.io/tls") {
      throw new CannotKeepError(
        `${one.name} has the certificate that the user had before, and Kubernetes never changes the type of a Secret: delete it, or give the user another Secret (users[…].secret).`,
      );
    }
  }
}

const sameData = (
  one: Readonly<Record<string, string>> | undefined,
  other: Readonly<Record<string, string>>,
): boolean =>
  one !== undefined &&
  Object.keys(one).length === Object.keys(other).length &&
  Object.entries(other).every(([key, value]) => one[key] === value);
