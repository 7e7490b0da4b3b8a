import { BOUNDS, FORMS, wholeNumber } from "../kubernetes/bounds";
import { DNS_SUBDOMAIN } from "../kubernetes/names";
import { nearest } from "../kubernetes/nearest";
import { type Path, show } from "../kubernetes/problems";
import type { Refused } from "./setting-refusals";
import { operationsOf, resourcesOf } from "../users/access";
import { OPERATIONS, type QuotaSpec, type RightSpec, type UserSpec, userSecret, WORDS } from "../users/user";

/** What users are judged by, beside themselves. */
export interface UsersBasis {
  /** The declared topics. Where there are none, others make them, and rights on any may be given. */
  readonly topics: readonly { readonly name: string }[];
  /** Whether servers and clients know each other by certificates. */
  readonly closed: boolean;
  /** Namespace of the cluster, where it is known. */
  readonly namespace?: string | undefined;
}

/** A user's name is in that of its Secret, which takes no two dots or hyphens beside dots. */
const NAME = new RegExp(`^(?=.{1,63}$)${DNS_SUBDOMAIN.source.slice(1)}`);

/** The words for a user's name. */
export const USER_NAME = [
  NAME,
  "1 to 63 of the characters a-z 0-9 . -, with a letter or a digit at the beginning, at the end and beside each dot",
] as const satisfies readonly [RegExp, string];

const OWN = "kafka-";

/** All that is wrong with users, each by itself and together. Paths begin with `users`. */
export function* userRefusals(users: readonly UserSpec[], basis: UsersBasis): Iterable<Refused> {
  const root: Path = ["users"];
  if (users.length > 0 && !basis.closed) {
    yield {
      at: root,
      sentence:
        "are known by certificates, which only a closed stack has: without authentication tls (listeners.internal.authentication in a stack file) everyone may do everything; see docs/security.md",
    };
  }
  const places = new Map<string, string>();
  for (const [index, user] of users.entries()) {
    const at: Path = [...root, index];
    yield* names(users, user, index, at);
    yield* place(user, basis, places, at);
    yield* rotation(user, at);
    for (const [number, right] of user.rights.entries()) yield* rightRefusals(right, [...at, "rights", number]);
    if (user.rights.length === 0)
      yield { at: [...at, "rights"], sentence: `is empty, so that ${user.name} could do nothing` };
  }
  if (basis.topics.length > 0) yield* topics(users, basis);
}

function* names(users: readonly UserSpec[], { name }: UserSpec, index: number, user: Path): Iterable<Refused> {
  const at: Path = [...user, "name"];
  if (!NAME.test(name)) yield { at, allowed: USER_NAME[1] };
  else if (name.startsWith(OWN)) yield { at, sentence: `${name} begins with ${OWN}, as the stack's own do` };
  if (users.findIndex((other) => other.name === name) < index) yield { at, sentence: `${name} is declared twice` };
}

/** Only passwords are made anew by a number. */
function* rotation({ authentication = "tls", rotate }: UserSpec, at: Path): Iterable<Refused> {
  if (rotate === undefined) return;
  const [least, most] = BOUNDS.rotate;
  if (!(Number.isInteger(rotate) && rotate >= least && rotate <= most))
    yield { at: [...at, "rotate"], allowed: wholeNumber(least, most) };
  else if (authentication === "tls") {
    yield {
      at: [...at, "rotate"],
      sentence: "is for users with a password (authentication scram-sha-512): certificates are renewed by themselves",
    };
  }
}

/** Two certificates cannot be in one Secret, and none may be where the stack has its own. */
function* place(
  { name: user, secret }: UserSpec,
  { namespace }: UsersBasis,
  places: Map<string, string>,
  at: Path,
): Iterable<Refused> {
  const own = secret?.namespace === undefined || secret.namespace === namespace;
  const name = secret?.name ?? userSecret(user);
  const key = `${own ? "" : secret.namespace}/${name}`;
  const other = places.get(key);
  places.set(key, user);
  if (other !== undefined) yield { at: [...at, "secret"], sentence: `is that of ${other}, too: ${name}` };
  else if (own && name.startsWith(OWN) && name !== userSecret(user)) {
    yield { at: [...at, "secret", "name"], sentence: `${name} begins with ${OWN}, as the stack's own Secrets do` };
  }
}

function* rightRefusals(right: RightSpec, at: Path): Iterable<Refused> {
  const named = resourcesOf(right);
  if (named.length === 0) {
    yield {
      at,
      sentence:
        "names nothing that it is a right on: topic, topicPrefix, group, groupPrefix, transactionalId, transactionalIdPrefix or cluster",
    };
  }
  for (const { key, resource, pattern, name } of named) {
    if (pattern === "prefixed" && name === "*") {
      yield { at: [...at, key], sentence: `* is no prefix: every ${resource} is ${resource}: "*"` };
    } else if (resource === "topic" && !(name === "*" && pattern === "literal") && !FORMS.topicName[0].test(name)) {
      yield { at: [...at, key], allowed: FORMS.topicName[1] };
    }
  }
  if (right.allow.length === 0) yield { at: [...at, "allow"], sentence: "is empty, so that the right allows nothing" };
  for (const [index, word] of right.allow.entries()) {
    const place: Path = [...at, "allow", index];
    if (!WORDS.includes(word)) {
      const near = nearest(word, WORDS);
      yield {
        at: place,
        sentence: `${show(word)} is refused; ${near === undefined ? "" : `did you mean ${near}? `}allowed is one of ${WORDS.join(", ")}`,
      };
    } else if (named.length > 0 && named.every(({ resource }) => operationsOf(word, resource).length === 0)) {
      const kinds = [...new Set(named.map(({ resource }) => resource))];
      const may = kinds.map((kind) => `${kind}: ${OPERATIONS[kind].join(", ")}`).join("; ");
      yield { at: place, sentence: `${word} does not go with ${kinds.join(" or ")}; what does is ${may}` };
    }
  }
  for (const { key, resource } of named) {
    if (right.allow.some((word) => operationsOf(word, resource).length > 0 || !WORDS.includes(word))) continue;
    if (named.some((other) => right.allow.some((word) => operationsOf(word, other.resource).length > 0))) {
      yield { at: [...at, key], sentence: `gets nothing: none of ${right.allow.join(", ")} goes with ${resource}` };
    }
  }
}

/** Rights on topics that nobody declares, and no user may create. */
function* topics(users: readonly UserSpec[], { topics: declared }: UsersBasis): Iterable<Refused> {
  const known = declared.map(({ name }) => name);
  const creates = users.flatMap(({ rights }) =>
    rights.filter(({ allow, cluster }) => allow.includes("all") || allow.includes("create") || cluster === true),
  );
  const mayCreate = (name: string, prefix: boolean) =>
    creates.some(({ topic, topicPrefix, cluster, allow }) => {
      if (cluster === true && (allow.includes("create") || allow.includes("all"))) return true;
      if (topic === "*" || (!prefix && topic === name)) return true;
      return topicPrefix !== undefined && (name.startsWith(topicPrefix) || (prefix && topicPrefix.startsWith(name)));
    });
  for (const [index, { rights }] of users.entries()) {
    for (const [number, { topic, topicPrefix }] of rights.entries()) {
      const at: Path = ["users", index, "rights", number];
      const help = "declare it under topics, or let the user that makes it create it";
      if (topic !== undefined && topic !== "*" && !known.includes(topic) && !mayCreate(topic, false)) {
        const near = nearest(topic, known);
        const hint = near === undefined ? `declared are ${known.join(", ")}` : `did you mean ${near}?`;
        yield {
          at: [...at, "topic"],
          sentence: `${topic} is not a declared topic; ${hint} Otherwise ${help}`.replace(
            /(\w) Otherwise/,
            "$1. Otherwise",
          ),
        };
      }
      if (
        topicPrefix !== undefined &&
        !known.some((name) => name.startsWith(topicPrefix)) &&
        !mayCreate(topicPrefix, true)
      ) {
        yield {
          at: [...at, "topicPrefix"],
          sentence: `no declared topic begins with ${topicPrefix}; declared are ${known.join(", ")}. Otherwise ${help}`,
        };
      }
    }
  }
}

/** Bounds of quotas, of a stack file and of the component alike. */
export const QUOTA_BOUNDS: Readonly<Record<keyof QuotaSpec, readonly [min: number, max: number]>> = {
  producerByteRate: BOUNDS.quotaBytes,
  consumerByteRate: BOUNDS.quotaBytes,
  requestPercentage: [1, 100_000],
  controllerMutationRate: [1, 1_000_000],
};

/** Quotas that are out of bounds. */
export function* quotaRefusals(users: readonly UserSpec[]): Iterable<Refused> {
  for (const [index, { quotas = {} }] of users.entries()) {
    for (const [key, [min, max]] of Object.entries(QUOTA_BOUNDS)) {
      const value = quotas[key as keyof typeof QUOTA_BOUNDS];
      if (value !== undefined && !(Number.isInteger(value) && value >= min && value <= max))
        yield { at: ["users", index, "quotas", key], allowed: wholeNumber(min, max) };
    }
  }
}
