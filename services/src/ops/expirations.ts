import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "node:tls";
import type { BrokerView } from "../kafka/client.js";
import { tlsOptions } from "../kafka/tls.js";
import { formatDuration, formatTable } from "./format.js";

/** When a certificate expires. */
export interface Expiration {
  /** Whose certificate it is. */
  readonly of: string;
  /** Undefined when it is not known, because a broker does not answer. */
  readonly at: Date | undefined;
  /** Name of the authority that signed it; absent for an authority's own, and when it is not known. */
  readonly issuer?: string | undefined;
  /** Name of the authority whose own certificate it is. */
  readonly authority?: string | undefined;
}

/** Milliseconds for a broker to show its certificate. */
const PATIENCE_MS = 5_000;

/**
 * The certificates that brokers show to a new connection now, the own one and those of the trusted authorities: one, but for an exchange.
 *
 * @param directory with the own certificate and the authority's; undefined on a cluster without certificates, which has none of these.
 * @throws when the own certificate cannot be read
 */
export async function readExpirations(
  brokers: readonly BrokerView[],
  directory: string | undefined,
): Promise<Expiration[]> {
  if (directory === undefined || directory === "") return [];
  const pem = (file: string) => readFileSync(join(directory, file), "utf8");
  const shown = await Promise.all(
    brokers.map(async (broker) => signed(`broker ${broker.id}`, await shownBy(broker, directory))),
  );
  const authorities = (pem("ca.crt").match(CERTIFICATES) ?? []).map((text) => new X509Certificate(text));
  return [
    ...shown,
    signed("operations", new X509Certificate(pem("tls.crt"))),
    ...authorities.map((one) => ({
      of: authorities.length === 1 ? "the authority" : `authority ${nameIn(one.subject)}`,
      at: endOf(one),
      authority: nameIn(one.subject),
    })),
  ];
}

const CERTIFICATES = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

const signed = (of: string, certificate: X509Certificate | undefined): Expiration => ({
  of,
  at: certificate && endOf(certificate),
  issuer: certificate && nameIn(certificate.issuer),
});

const nameIn = (subject: string): string => subject.replace(/^CN=/, "");

const endOf = ({ validTo }: X509Certificate): Date => new Date(validTo);

/** The certificate that a broker shows; undefined when it shows none that a trusted authority vouches for. */
function shownBy({ host, port }: BrokerView, directory: string): Promise<X509Certificate | undefined> {
  return new Promise((resolve) => {
    const secureContext = tlsOptions(directory)?.secureContext;
    const socket = connect({ host, port, servername: host, secureContext, timeout: PATIENCE_MS });
    const end = (certificate: X509Certificate | undefined) => {
      socket.destroy();
      resolve(certificate);
    };
    socket.once("secureConnect", () => {
      end(socket.getPeerX509Certificate());
    });
    for (const event of ["error", "timeout", "close"]) {
      socket.on(event, () => {
        end(undefined);
      });
    }
  });
}

/** A table with a line for each certificate, after an empty line; nothing without certificates. */
export function showExpirations(expirations: readonly Expiration[], now: Date): string[] {
  if (expirations.length === 0) return [];
  const rows = expirations.map(({ of, at }) => [of, at?.toISOString() ?? "no answer", left(at, now)]);
  return ["", ...formatTable([["CERTIFICATE", "EXPIRES", "LEFT"], ...rows]), ...showExchange(expirations)];
}

/** How far an exchange of the authority is: two are trusted, and the certificates of one are replaced by those of the other. Nothing without an exchange. */
function showExchange(expirations: readonly Expiration[]): string[] {
  const authorities = expirations.flatMap(({ authority }) => authority ?? []);
  if (authorities.length < 2) return [];
  const shares = authorities.map((name) => {
    const holders = expirations.flatMap(({ of, issuer }) => (issuer === name ? [of] : []));
    return `${name} has signed ${holders.length === 0 ? "none of these" : `those of ${holders.join(", ")}`}`;
  });
  return [
    `The authority is being replaced: ${authorities.join(" and ")} are trusted; ${shares.join("; ")}. The CronJob kafka-certificates goes on each night, and its log says what it waits for.`,
  ];
}

const DAY_S = 24 * 3600;

function left(at: Date | undefined, now: Date): string {
  if (at === undefined) return "-";
  const seconds = (at.getTime() - now.getTime()) / 1_000;
  if (seconds <= 0) return "expired";
  return seconds < 2 * DAY_S ? formatDuration(seconds) : `${Math.floor(seconds / DAY_S)} days`;
}
