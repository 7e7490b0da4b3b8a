import { whyNotOutside, whyNotTls } from "../../components/kafka/why-not-tls";
import { closedSettings } from "../../components/kafka/closed-settings";
import type { Path, Problem } from "../problems";
import { covers, endsAtPrefix, type Range, rangeOf } from "../ranges";
import { complain, refuse, type Rule, type Subject, told } from "./rule";

/** Parses a range of a listener's clients. */
function clientRange(text: string): Range | undefined {
  const range = rangeOf(text);
  return range && endsAtPrefix(range) ? range : undefined;
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
  const range = clientRange(cidr);
  if (range === undefined) yield refuse(subject, [...path, "cidr"], ALLOWED);
  if (podLabels)
    yield complain([...path, "podLabels"], "select pods, which cidr does not: leave them out, or name a namespace");
  for (const [index, text] of except.entries()) {
    const hole = clientRange(text);
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

const AUTHORITY: Path = ["listeners", "internal", "authority"];

function* authority({ config: { listeners } }: Subject): Iterable<Problem> {
  const { authentication, authority: generation } = listeners.internal;
  if (authentication === "none" && generation > 1)
    yield complain(AUTHORITY, "is for listeners.internal.authentication: tls, without which there is no authority");
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
  { reads: [AUTHORITY, AUTHENTICATION], check: authority },
  { reads: [OUTSIDE, AUTHENTICATION, ["users"]], check: outside },
];
