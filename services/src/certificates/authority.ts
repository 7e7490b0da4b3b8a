// The library below needs this import.
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { webcrypto, X509Certificate } from "node:crypto";
import { isIP } from "node:net";

/** A certificate and its private key as PEM, the key in PKCS#8. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

/** The subject of a certificate. */
export interface Holder {
  /** Its common name, by which brokers know the holder. */
  readonly name: string;
  /** Host names and addresses of the holder. Empty for a pure client. */
  readonly hosts: readonly string[];
}

const DAY_MS = 24 * 3600 * 1000;

/** Validity of a certificate. */
export const VALID_MS = 365 * DAY_MS;

/** Validity of a stack's authority. */
const AUTHORITY_VALID_MS = 20 * 365 * DAY_MS;

/** Clocks of nodes differ, so a certificate is valid from this long before its creation. */
const CLOCKS_MS = 5 * 60 * 1000;

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** Creates an authority. */
export async function createAuthority(name: string, now: Date): Promise<KeyPair> {
  const keys = await generate();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [name] }],
    notBefore: new Date(now.getTime() - CLOCKS_MS),
    notAfter: new Date(now.getTime() + AUTHORITY_VALID_MS),
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: certificate.toString("pem"), key: await pemOf(keys.privateKey) };
}

/** Creates a certificate with a new key. It expires no later than the authority. */
export async function issue(authority: KeyPair, holder: Holder, now: Date): Promise<KeyPair> {
  const issuer = new x509.X509Certificate(authority.certificate);
  const [keys, signingKey] = await Promise.all([generate(), readKey(authority.key)]);
  const uses = [x509.ExtendedKeyUsage.clientAuth];
  if (holder.hosts.length > 0) uses.push(x509.ExtendedKeyUsage.serverAuth);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: [{ CN: [holder.name] }],
    issuer: issuer.subject,
    notBefore: new Date(now.getTime() - CLOCKS_MS),
    notAfter: endOf(issuer, now),
    signingKey,
    publicKey: keys.publicKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension(uses),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ...(holder.hosts.length > 0 ? [new x509.SubjectAlternativeNameExtension(holder.hosts.map(nameOf))] : []),
    ],
  });
  return { certificate: certificate.toString("pem"), key: await pemOf(keys.privateKey) };
}

/**
 * Why a certificate must be renewed; undefined when it need not be. A good one comes from this authority, names the holder, and has a third of its
 * validity left, or as much as the authority allows.
 */
export async function whyIssue(
  found: { readonly [part in keyof KeyPair]: string | undefined },
  authority: KeyPair,
  holder: Holder,
  now: Date,
): Promise<string | undefined> {
  if (found.certificate === undefined || found.key === undefined) return "there is none";
  let certificate: x509.X509Certificate;
  try {
    certificate = new x509.X509Certificate(found.certificate);
  } catch {
    return "it cannot be read";
  }
  const issuer = new x509.X509Certificate(authority.certificate);
  const own = await certificate.verify({ publicKey: issuer, signatureOnly: true }).catch(() => false);
  if (!own) return "it is not of the stack's authority";
  if (certificate.subjectName.getField("CN")[0] !== holder.name) return "it is for another name";
  const hosts = certificate.getExtension(x509.SubjectAlternativeNameExtension)?.names.items.map(({ value }) => value);
  if (!sameNames(hosts ?? [], holder.hosts)) return "it is for other addresses";
  const left = certificate.notAfter.getTime() - now.getTime();
  const whole = certificate.notAfter.getTime() - certificate.notBefore.getTime();
  const gains = endOf(issuer, now).getTime() - certificate.notAfter.getTime() > DAY_MS;
  return left < whole / 3 && gains ? `it ends on ${certificate.notAfter.toISOString()}` : undefined;
}

/** SHA-256 of a certificate, lower-case hex. @throws when it cannot be read */
export const fingerprintOf = (certificate: string): string =>
  new X509Certificate(certificate).fingerprint256.replaceAll(":", "").toLowerCase();

/** When a certificate expires. @throws when it cannot be read */
export const endsAt = (certificate: string): Date => new x509.X509Certificate(certificate).notAfter;

function endOf(issuer: x509.X509Certificate, now: Date): Date {
  return new Date(Math.min(now.getTime() + VALID_MS, issuer.notAfter.getTime()));
}

const sameNames = (one: readonly string[], other: readonly string[]): boolean =>
  [...one].sort().join() === [...other].sort().join();

const nameOf = (host: string): x509.GeneralName => new x509.GeneralName(isIP(host) === 0 ? "dns" : "ip", host);

const generate = () => crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);

async function pemOf(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY");
}

const readKey = (pem: string) =>
  crypto.subtle.importKey("pkcs8", x509.PemConverter.decodeFirst(pem), ALGORITHM, false, ["sign"]);
