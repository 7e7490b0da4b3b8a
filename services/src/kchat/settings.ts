import { z } from "zod";
import { parseBootstrap } from "../kafka/client.js";
import { parseTrustedProxy } from "./trusted-proxies.js";

/** Unusable environment variables; the message has one line for each. */
export class SettingsError extends Error {
  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.name = "SettingsError";
  }
}

/**
 * Reads settings from environment variables. An empty variable counts as absent.
 *
 * @throws {@link SettingsError} naming every wrong variable, with its value and what is allowed.
 */
export function readSettings<T extends z.ZodType>(
  schema: T,
  environment: Readonly<Record<string, string | undefined>>,
): z.output<T> {
  const present = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ""),
  );
  const result = schema.safeParse(present);
  if (result.success) return result.data;
  throw new SettingsError(
    result.error.issues.map((issue) => {
      const name = String(issue.path[0] ?? "");
      const value = present[name];
      return value === undefined ? `${name} is not set: ${issue.message}` : `${name}="${value}": ${issue.message}`;
    }),
  );
}

/** A whole number in a range. */
export function integer(minimum: number, maximum: number, fallback: number) {
  const allowed = `must be a whole number from ${minimum} to ${maximum}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, allowed)
    .transform(Number)
    .refine((value) => value >= minimum && value <= maximum, allowed)
    .default(fallback);
}

/** A port. */
export const port = z
  .string()
  .regex(/^\d{1,5}$/, "must be a port from 1 to 65535")
  .transform(Number)
  .refine((value) => value >= 1 && value <= 65_535, "must be a port from 1 to 65535");

/** The brokers to contact first. */
export const bootstrap = z.string({ error: "must be host:port[,host:port…]" }).transform((text, context) => {
  try {
    return parseBootstrap(text);
  } catch (error) {
    context.addIssue((error as Error).message);
    return z.NEVER;
  }
});

const rooms = z
  .string()
  .default("chatroom")
  .transform((text) => [...new Set(text.split(",").map((name) => name.trim()))])
  .refine((names) => names.every((name) => /^[A-Za-z0-9._-]{1,249}$/.test(name) && name !== "." && name !== ".."), {
    error: "must be topic names (letters, digits, '.', '_', '-'; at most 249 characters) separated by commas",
  });

const proxies = z
  .string()
  .default("")
  .transform((text, context) =>
    text
      .split(",")
      .map((entry) => entry.trim())
      .filter((entry) => entry !== "")
      .map((entry) => {
        const proxy = parseTrustedProxy(entry);
        if (proxy !== undefined) return proxy;
        context.addIssue(
          `must be addresses, CIDR ranges or host names separated by commas; "${entry}" is none of these`,
        );
        return z.NEVER;
      }),
  );

/** An address such as `http://kproducer:19092`, without a trailing slash. */
export const httpAddress = z
  .string()
  .regex(/^https?:\/\/[^/\s]+\/?$/, "must be http://host:port, without a path")
  .transform((text) => text.replace(/\/$/, ""))
  .optional();

/** The environment variables of both chat services; `services/README.md` lists them for people. */
export const commonSettings = {
  /** The brokers to contact first. */
  KCHAT_BOOTSTRAP_ADDRESS: bootstrap,
  /** Topics that are chat rooms; the services serve no others. The first is the default room. */
  KCHAT_ROOMS: rooms,
  /**
   * Directory with the client certificate (`tls.crt`, `tls.key`) and the authority of the brokers' certificates (`ca.crt`). Without it there is no
   * TLS.
   */
  KAFKA_TLS_DIR: z.string().optional(),
  /** Address to listen on. */
  KCHAT_HOST: z.string().default("0.0.0.0"),
  /** When stopping: milliseconds between becoming unready and refusing connections. */
  KCHAT_DRAIN_MS: integer(0, 300_000, 3_000),
  /** Changing requests per client address and second; more get 429. */
  KCHAT_RATE_LIMIT: integer(1, 1_000_000, 2_000),
  /** Maximum size of a message, in bytes. */
  KCHAT_MAX_BODY_BYTES: integer(1, 524_288, 16_384),
  /** Proxies whose `X-Forwarded-For` is trusted: addresses, CIDR ranges, or names with changing addresses. */
  KCHAT_TRUST_PROXY: proxies,
  /** A file with the token that callers must present as `Authorization: Bearer …`. */
  KCHAT_TOKEN_FILE: z.string().optional(),
  KCHAT_LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
};
