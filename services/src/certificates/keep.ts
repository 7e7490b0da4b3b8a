import { createAuthority, endsAt, issue, VALID_MS, whyIssue, type Holder, type KeyPair } from "./authority.js";
import { clientProperties } from "./client-properties.js";
import type { Secret, Secrets } from "./secrets.js";

/** Whom a certificate is for, and what else is with it. */
export interface CertifiedHolder extends Holder {
  /** Where the file for its clients says that the brokers are. @default it does not */
  readonly bootstrap?: string | undefined;
}

/** The certificates of a stack. */
export interface Wanted {
  /** Name of the Secret with the authority's key, and of the authority. */
  readonly authority: string;
  /** Whom there are certificates for, by the name of the Secret that has it, with its namespace and `/` before it where that is another one. */
  readonly holders: Readonly<Record<string, CertifiedHolder>>;
}

/** A state that no certificate can be made in. */
export class CannotKeepError extends Error {}

/**
 * Brings the Secrets of a stack to what they shall be: an authority, which is made once, and a certificate for each holder, which is made anew in time.
 *
 * @returns a sentence for each Secret that was written.
 * @throws CannotKeepError when the authority is gone or has ended: another one would shut out whoever trusts the first.
 */
export async function keepCertificates(
  secrets: Secrets,
  { authority: name, holders }: Wanted,
  now: Date,
): Promise<string[]> {
  const found = new Map<string, Secret | undefined>();
  for (const holder of Object.keys(holders)) found.set(holder, await secrets.read(holder));
  refuseForeign([...found.values()]);
  const said: string[] = [];
  const authority = await keepAuthority(
    secrets,
    name,
    [...found.values()].flatMap((one) => one?.name ?? []),
    now,
    said,
  );
  for (const [secret, holder] of Object.entries(holders)) {
    const before = found.get(secret);
    const pair = { certificate: before?.data["tls.crt"], key: before?.data["tls.key"] };
    const why =
      (await whyIssue(pair, authority, holder, now)) ??
      (before?.data["ca.crt"] === authority.certificate ? undefined : "its authority is written otherwise");
    if (why === undefined) continue;
    const made = await issue(authority, holder, now);
    const trusted = { ...made, authority: authority.certificate };
    const data = {
      "tls.crt": made.certificate,
      "tls.key": made.key,
      "ca.crt": authority.certificate,
      "client.properties": clientProperties(trusted, holder.bootstrap),
    };
    await secrets.write({ name: secret, data, resourceVersion: before?.resourceVersion });
    said.push(`${secret}: a certificate that is valid until ${endsAt(made.certificate).toISOString()}, for ${why}`);
  }
  return said;
}

/** What others keep in a Secret of a name that a user was given is theirs. */
function refuseForeign(found: readonly (Secret | undefined)[]): void {
  const foreign = found.flatMap((one) => (one?.own === false ? [one.name] : []));
  if (foreign.length === 0) return;
  throw new CannotKeepError(
    `${foreign.join(", ")} ${foreign.length === 1 ? "is a Secret" : "are Secrets"} that this stack did not make, and what is in ${foreign.length === 1 ? "it" : "them"} would be lost: give these users another Secret (users[…].secret), or delete what is there.`,
  );
}

async function keepAuthority(
  secrets: Secrets,
  name: string,
  others: readonly string[],
  now: Date,
  said: string[],
): Promise<KeyPair> {
  const found = await secrets.read(name);
  if (found === undefined) {
    if (others.length > 0) {
      throw new CannotKeepError(
        `The Secret ${name} is gone while ${others.join(", ")} are there. A new authority would be trusted by nobody who has a certificate of the old one: bring it back from a backup, or take the stack down, delete these Secrets, and bring it up again; every client needs a new certificate then.`,
      );
    }
    const made = await createAuthority(name, now);
    await secrets.write({ name, data: { "tls.crt": made.certificate, "tls.key": made.key } });
    said.push(`${name}: an authority that is valid until ${endsAt(made.certificate).toISOString()}`);
    return made;
  }
  const { "tls.crt": certificate, "tls.key": key } = found.data;
  if (certificate === undefined || key === undefined) {
    throw new CannotKeepError(
      `The Secret ${name} lacks tls.crt or tls.key, so that no certificate can be made: bring it back from a backup.`,
    );
  }
  const end = endsAt(certificate);
  const how = `take the stack down, delete ${[name, ...others].join(", ")}, and bring it up again; every client needs a new certificate then`;
  if (end <= now) throw new CannotKeepError(`The authority in ${name} has ended on ${end.toISOString()}: ${how}.`);
  if (end.getTime() - now.getTime() < VALID_MS) {
    said.push(`${name}: the authority ends on ${end.toISOString()}, and with it all certificates: before, ${how}`);
  }
  return { certificate, key };
}
