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
}

/** Milliseconds for a broker to show its certificate. */
const PATIENCE_MS = 5_000;

/**
 * The certificates that brokers show to a new connection now, the own one and the authority's.
 *
 * @param directory with the own certificate and the authority's; undefined on a cluster without certificates, which has none of these.
 * @throws when the own certificate cannot be read
 */
export async function readExpirations(
  brokers: readonly BrokerView[],
  directory: string | undefined,
): Promise<Expiration[]> {
  if (directory === undefined || directory === "") return [];
  const ends = (file: string) => endOf(new X509Certificate(readFileSync(join(directory, file))));
  const shown = await Promise.all(
    brokers.map(async (broker) => ({ of: `broker ${broker.id}`, at: await shownBy(broker, directory) })),
  );
  return [...shown, { of: "operations", at: ends("tls.crt") }, { of: "the authority", at: ends("ca.crt") }];
}

const endOf = ({ validTo }: X509Certificate): Date => new Date(validTo);

/** The end of the certificate that a broker shows; undefined when it shows none that the authority vouches for. */
function shownBy({ host, port }: BrokerView, directory: string): Promise<Date | undefined> {
  return new Promise((resolve) => {
    const secureContext = tlsOptions(directory)?.secureContext;
    const socket = connect({ host, port, servername: host, secureContext, timeout: PATIENCE_MS });
    const end = (at: Date | undefined) => {
      socket.destroy();
      resolve(at);
    };
    socket.once("secureConnect", () => {
      const certificate = socket.getPeerX509Certificate();
      end(certificate && endOf(certificate));
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
  return ["", ...formatTable([["CERTIFICATE", "EXPIRES", "LEFT"], ...rows])];
}

const DAY_S = 24 * 3600;

function left(at: Date | undefined, now: Date): string {
  if (at === undefined) return "-";
  const seconds = (at.getTime() - now.getTime()) / 1_000;
  if (seconds <= 0) return "expired";
  return seconds < 2 * DAY_S ? formatDuration(seconds) : `${Math.floor(seconds / DAY_S)} days`;
}
