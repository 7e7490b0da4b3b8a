import { whyNotOutside, whyNotTls } from "../../components/kafka/why-not-tls";
import { BlockList, isIP } from "node:net";
import { closedSettings } from "../../components/kafka/closed-settings";
import type { Path, Problem } from "../problems";
import { complain, refuse, type Rule, type Subject, told } from "./rule";

const BITS = { 4: 32, 6: 128 } as const;

interface Range {
  readonly address: string;
  readonly family: "ipv4" | "ipv6";
  readonly length: number;
}

/** Parses a range; undefined when it is malformed, or has bits after its prefix, which Kubernetes advises against. */
function rangeOf(text: string): Range | undefined {
  const [, address = "", digits = ""] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  const kind = isIP(address);
  const length = Number(digits);
  if ((kind !== 4 && kind !== 6) || length > BITS[kind]) return undefined;
  if (kind === 4) {
    const bits = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
    if (bits % 2 ** (32 - length) !== 0) return undefined;
  }
  return { address, family: `ipv${kind}`, length };
}

function covers(outer: Range, inner: Range): boolean {
  if (outer.family !== inner.family || inner.length < outer.length) return false;
  const list = new BlockList();
  list.addSubnet(outer.address, outer.length, outer.family);
  return list.check(inner.address, inner.family);
}

const ALLOWED = "a range of addresses such as 10.20.0.0/16 or fd00::/8, whose address ends where the prefix does";

function* clients(subject: Subject): Iterable<Problem> {
  const { cluster, listeners } = subject.config;
  const seen = new Set<string>();
  for (const [index, one] of listeners.internal.clients.entries()) {
    const path: Path = ["listeners", "internal", "clients", index];
    const written = JSON.stringify(one);
    const kinds = [one.namespace, one.namespaceLabels, one.cidr].filter((each) => each !== undefined).length;
    if (kinds !== 1) {
      yield complain(
        path,
        `names ${kinds === 0 ? "nobody" : "more than one kind of client"}; an entry has namespace, namespaceLabels or cidr, and one of them alone`,
      );
      continue;
    }
    if (one.cidr !== undefined)
      yield* addresses(subject, path, one.cidr, one.except ?? [], one.podLabels !== undefined);
    else if (one.except) yield complain([...path, "except"], "is for cidr alone");
    if (one.namespace === cluster.namespace) {
      yield complain(
        [...path, "namespace"],
        "is the stack's own namespace, whose pods may connect anyway: leave the entry out",
      );
    }
    if (seen.has(written)) yield complain(path, "is listed twice");
    seen.add(written);
  }
}

function* addresses(
  subject: Subject,
  path: Path,
  cidr: string,
  except: readonly string[],
  podLabels: boolean,
): Iterable<Problem> {
  const range = rangeOf(cidr);
  if (range === undefined) yield refuse(subject, [...path, "cidr"], ALLOWED);
  if (podLabels)
    yield complain([...path, "podLabels"], "select pods, which cidr does not: leave them out, or name a namespace");
  for (const [index, text] of except.entries()) {
    const hole = rangeOf(text);
    if (hole === undefined) yield refuse(subject, [...path, "except", index], ALLOWED);
    else if (range && !covers(range, hole)) yield refuse(subject, [...path, "except", index], `a range within ${cidr}`);
  }
}

const AUTHENTICATION: Path = ["listeners", "internal", "authentication"];

function* authentication({ config: { kafka, listeners, mode } }: Subject): Iterable<Problem> {
  if (listeners.internal.authentication === "none") return;
  const why = whyNotTls(mode, kafka.version);
  if (why !== undefined) yield complain(AUTHENTICATION, `cannot be tls: ${why}`);
}

const OUTSIDE: Path = ["kafka", "external", "authentication"];

function* outside({ config: { kafka, listeners, users } }: Subject): Iterable<Problem> {
  const { authentication } = kafka.external;
  const why = whyNotOutside(authentication, { closed: listeners.internal.authentication === "tls", users });
  if (why !== undefined) yield complain(OUTSIDE, `cannot be ${authentication ?? ""}: ${why}`);
}

function* closed(subject: Subject): Iterable<Problem> {
  const { kafka, listeners } = subject.config;
  if (listeners.internal.authentication !== "none")
    yield* told(subject, closedSettings(kafka.config, ["kafka", "config"]));
}

/** Who may connect to the listeners. */
export const listenerRules: readonly Rule[] = [
  { reads: [["cluster", "namespace"], ["listeners"]], check: clients },
  { reads: [["mode"], ["kafka", "version"], AUTHENTICATION], check: authentication },
  { reads: [["kafka", "config"], AUTHENTICATION], check: closed },
  { reads: [OUTSIDE, AUTHENTICATION, ["users"]], check: outside },
];
