import { z } from "zod";
import type { KeyPair } from "./authority.js";
import { CannotKeepError } from "./cannot-keep.js";

/** The authorities that a stack trusts: one, and during an exchange two. At most one of `next` and `previous` is there. */
export interface Authorities {
  /** Which authority signs, from 1. */
  readonly generation: number;
  /** The one that signs. */
  readonly signing: KeyPair;
  /** The one that will sign: everybody gets to trust it before. @default no exchange has begun */
  readonly next?: {
    readonly generation: number;
    readonly pair: KeyPair;
    /** Since when all Secrets have it among the trusted ones. @default some lack it, or nobody has looked yet */
    readonly out?: Date | undefined;
  };
  /** The one that signed before: certificates of it may be in use. Nobody has its key any more. @default nobody needs it */
  readonly previous?: {
    readonly certificate: string;
    /** Since when no Secret has a certificate of it. @default some have one, or nobody has looked yet */
    readonly out?: Date | undefined;
  };
}

/** The content of the authorities' Secret. Those of stacks without an exchange have the first two alone. */
const dataForm = z.object({
  "tls.crt": z.string().min(1),
  "tls.key": z.string().min(1),
  generation: z.coerce.number().int().min(1).default(1),
  "next.crt": z.string().min(1).optional(),
  "next.key": z.string().min(1).optional(),
  "next.generation": z.coerce.number().int().min(1).optional(),
  "next.out": z.coerce.date().optional(),
  "previous.crt": z.string().min(1).optional(),
  "previous.out": z.coerce.date().optional(),
});

/** Reads the authorities' Secret. @throws CannotKeepError when it is no such Secret */
export function authoritiesIn(name: string, data: Readonly<Record<string, string>>): Authorities {
  const { data: found, error } = dataForm.safeParse(data);
  if (found === undefined) {
    const keys = [...new Set(error.issues.map(({ path }) => path.join(".")))].join(", ");
    throw new CannotKeepError(
      `The Secret ${name} lacks ${keys}, or has it in another form, so no certificate can be issued: bring it back from a backup.`,
    );
  }
  const [certificate, key, generation] = [found["next.crt"], found["next.key"], found["next.generation"]];
  const previous = found["previous.crt"];
  return {
    generation: found.generation,
    signing: { certificate: found["tls.crt"], key: found["tls.key"] },
    ...(certificate !== undefined &&
      key !== undefined &&
      generation !== undefined && { next: { generation, pair: { certificate, key }, out: found["next.out"] } }),
    ...(previous !== undefined && { previous: { certificate: previous, out: found["previous.out"] } }),
  };
}

/** The content of the authorities' Secret. */
export function dataOf({ generation, signing, next, previous }: Authorities): Record<string, string> {
  return {
    "tls.crt": signing.certificate,
    "tls.key": signing.key,
    ...(generation > 1 && { generation: String(generation) }),
    ...(next && {
      "next.crt": next.pair.certificate,
      "next.key": next.pair.key,
      "next.generation": String(next.generation),
      ...(next.out && { "next.out": next.out.toISOString() }),
    }),
    ...(previous && {
      "previous.crt": previous.certificate,
      ...(previous.out && { "previous.out": previous.out.toISOString() }),
    }),
  };
}

/** The certificates of all trusted authorities, PEM; that of the signing one first. */
export function trustedBy({ signing, next, previous }: Authorities): string {
  const others = [next?.pair.certificate, previous?.certificate].filter((one) => one !== undefined);
  return others.length === 0 ? signing.certificate : [signing.certificate, ...others].map(trimmed).join("\n");
}

const trimmed = (pem: string): string => pem.trim();

/** The common name of a stack's authority: each has another, so that clients which look for it by its name find the right one. */
export const commonName = (name: string, generation: number): string =>
  generation === 1 ? name : `${name}-${generation}`;
