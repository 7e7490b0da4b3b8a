import { createAuthority, endsAt, issue, VALID_MS, whyIssue, type Holder, type KeyPair } from "./authority.js";
import { CannotKeepError } from "./cannot-keep.js";
import { clientProperties } from "./client-properties.js";
import type { Secret, Secrets } from "./secrets.js";

const TLS_SECRET = "kubernetes.io/tls";

/** A holder, with what its Secret has besides the certificate. */
export interface CertifiedHolder extends Holder {
  /** Address of the brokers in the file for its clients. @default none */
  readonly bootstrap?: string | undefined;
}

/** The certificates that a stack needs. */
export interface Wanted {
  /** Name of the authority, and of the Secret with its key. */
  readonly authority: string;
  /** The holders of certificates, by the name of their Secret, after its namespace and `/` where that is another one. */
  readonly holders: Readonly<Record<string, CertifiedHolder>>;
}

/**
 * Reconciles the Secrets of a stack: an authority, which is created once, and a certificate for each holder, which is renewed in time.
 *
 * @returns a sentence for each Secret that was written.
 * @throws CannotKeepError when the authority is gone or has expired: a new one would shut out everybody who trusts the old one.
 */
export async function keepCertificates(
  secrets: Secrets,
  { authority: name, holders }: Wanted,
  now: Date,
): Promise<string[]> {
  const found = new Map<string, Secret | undefined>();
  for (const holder of Object.keys(holders)) found.set(holder, await secrets.read(holder));
  refuseForeign([...found.values()]);
  refuseOtherTypes([...found.values()]);
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
      (before?.data["ca.crt"] === authority.certificate ? undefined : "its authority is written differently");
    if (why === undefined) continue;
    const made = await issue(authority, holder, now);
    const trusted = { ...made, authority: authority.certificate };
    const data = {
      "tls.crt": made.certificate,
      "tls.key": made.key,
      "ca.crt": authority.certificate,
      "client.properties": clientProperties(trusted, holder.bootstrap),
    };
    await secrets.write({ name: secret, data, type: TLS_SECRET, resourceVersion: before?.resourceVersion });
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

/** Kubernetes never changes the type of a Secret. */
function refuseOtherTypes(found: readonly (Secret | undefined)[]): void {
  const other = found.find((one) => one?.type !== undefined && one.type !== TLS_SECRET);
  if (other === undefined) return;
  throw new CannotKeepError(
    `${other.name} has the password that the user had before, and Kubernetes never changes the type of a Secret: delete it, or give the user another Secret (users[…].secret).`,
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
        `The Secret ${name} is gone while ${others.join(", ")} are there. No holder of an old certificate would trust a new authority: bring it back from a backup, or take the stack down, delete these Secrets, and bring it up again; every client needs a new certificate then.`,
      );
    }
    const made = await createAuthority(name, now);
    const data = { "tls.crt": made.certificate, "tls.key": made.key };
    await secrets.write({ name, data, type: TLS_SECRET });
    said.push(`${name}: an authority that is valid until ${endsAt(made.certificate).toISOString()}`);
    return made;
  }
  const { "tls.crt": certificate, "tls.key": key } = found.data;
  if (certificate === undefined || key === undefined) {
    throw new CannotKeepError(
      `The Secret ${name} lacks tls.crt or tls.key, so no certificate can be issued: bring it back from a backup.`,
    );
  }
  const end = endsAt(certificate);
  const how = `take the stack down, delete ${[name, ...others].join(", ")}, and bring it up again; every client needs a new certificate then`;
  if (end <= now) throw new CannotKeepError(`The authority in ${name} expired on ${end.toISOString()}: ${how}.`);
  if (end.getTime() - now.getTime() < VALID_MS) {
    said.push(`${name}: the authority expires on ${end.toISOString()}, and with it all certificates: before, ${how}`);
  }
  return { certificate, key };
}
