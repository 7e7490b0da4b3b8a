import { authoritiesIn, type Authorities, commonName, dataOf, trustedBy } from "./authorities.js";
import { createAuthority, endsAt, issue, VALID_MS, whyIssue, type Holder } from "./authority.js";
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
  /** Which authority is to sign: a higher one is a new one. A new stack begins with it. @default 1 */
  readonly generation?: number | undefined;
  /** The holders of certificates, by the name of their Secret, after its namespace and `/` where that is another one. */
  readonly holders: Readonly<Record<string, CertifiedHolder>>;
}

/** Secrets that are up to date. */
export interface Kept {
  /** A sentence for each Secret that was written, and for what needs care. */
  readonly said: readonly string[];
  /** The authorities that the Secrets are up to date with. */
  readonly authorities: Authorities;
  /** The version of the Secret in which they were read; absent when it was created. */
  readonly resourceVersion?: string | undefined;
}

/**
 * Reconciles the Secrets of a stack: an authority, which is created once, and a certificate for each holder, which is renewed in time. A Secret whose certificate stays
 * gets other trusted authorities alone.
 *
 * The holders' Secrets are read before the authority's. When another Job changes the authority meanwhile, it changes these Secrets later still, so that nothing is written over its work.
 *
 * @throws CannotKeepError when the authority is gone or has expired: a new one would shut out everybody who trusts the old one.
 */
export async function keepCertificates(secrets: Secrets, wanted: Wanted, now: Date): Promise<Kept> {
  const { holders } = wanted;
  const found = new Map<string, Secret | undefined>();
  for (const holder of Object.keys(holders)) found.set(holder, await secrets.read(holder));
  refuseForeign([...found.values()]);
  refuseOtherTypes([...found.values()]);
  const said: string[] = [];
  const others = [...found.values()].flatMap((one) => one?.name ?? []);
  const { authorities, resourceVersion } = await keepAuthority(secrets, wanted, others, now, said);
  const authority = trustedBy(authorities);
  for (const [secret, holder] of Object.entries(holders)) {
    const before = found.get(secret);
    const pair = { certificate: before?.data["tls.crt"], key: before?.data["tls.key"] };
    const why = await whyIssue(pair, authorities.signing, holder, now);
    if (why === undefined && before?.data["ca.crt"] === authority) continue;
    const made =
      why === undefined
        ? { certificate: pair.certificate ?? "", key: pair.key ?? "" }
        : await issue(authorities.signing, holder, now);
    const data = {
      "tls.crt": made.certificate,
      "tls.key": made.key,
      "ca.crt": authority,
      "client.properties": clientProperties({ ...made, authority }, holder.bootstrap),
    };
    await secrets.write({ name: secret, data, type: TLS_SECRET, resourceVersion: before?.resourceVersion });
    said.push(
      why === undefined
        ? `${secret}: other trusted authorities`
        : `${secret}: a certificate that is valid until ${endsAt(made.certificate).toISOString()}, for ${why}`,
    );
  }
  return { said, authorities, resourceVersion };
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
  { authority: name, generation = 1 }: Wanted,
  others: readonly string[],
  now: Date,
  said: string[],
): Promise<Omit<Kept, "said">> {
  const found = await secrets.read(name);
  if (found === undefined) {
    if (others.length > 0) {
      throw new CannotKeepError(
        `The Secret ${name} is gone while ${others.join(", ")} are there. No holder of an old certificate would trust a new authority: bring it back from a backup, or take the stack down, delete these Secrets, and bring it up again; every client needs a new certificate then.`,
      );
    }
    const authorities = { generation, signing: await createAuthority(commonName(name, generation), now) };
    await secrets.write({ name, data: dataOf(authorities), type: TLS_SECRET });
    said.push(`${name}: an authority that is valid until ${endsAt(authorities.signing.certificate).toISOString()}`);
    return { authorities };
  }
  const authorities = authoritiesIn(name, found.data);
  const end = endsAt(authorities.signing.certificate);
  const replace = `raise listeners.internal.authority to ${authorities.generation + 1}, which replaces it while the stack runs`;
  if (authorities.generation === generation && !authorities.next) {
    if (end <= now) throw new CannotKeepError(`The authority in ${name} expired on ${end.toISOString()}: ${replace}.`);
    if (end.getTime() - now.getTime() < VALID_MS) {
      said.push(
        `${name}: the authority expires on ${end.toISOString()}, and with it all certificates: before, ${replace}`,
      );
    }
  }
  return { authorities, resourceVersion: found.resourceVersion };
}
