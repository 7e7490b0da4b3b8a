import type { DesiredState } from "../../services/src/ops/desired-state";
import { documents } from "./desired";
import type { Effect, ObjectChange } from "./effect";

type User = NonNullable<DesiredState["users"]>[number];

/** Which rights in Kafka users gain and lose, and which quotas, according to the document with the desired state. */
export function userEffects(change: ObjectChange): Effect[] {
  const found = documents(change);
  if (found === undefined || found === "unreadable") return [];
  const { was, is } = found;
  if (is.users === undefined) return [];
  const [before, after] = [byName(was.users ?? []), byName(is.users)];
  const begins: Effect[] =
    was.users === undefined
      ? [
          {
            subject: "whoever has a certificate",
            text: "may do no more than its rights allow; until now it may do everything",
          },
        ]
      : [];
  return [
    ...begins,
    ...[...new Set([...before.keys(), ...after.keys()])].flatMap((name) =>
      texts(before.get(name), after.get(name)).map((text) => ({ subject: `user ${name}`, text })),
    ),
  ];
}

const byName = (users: readonly User[]) => new Map(users.map((user) => [user.name, user]));

function texts(before: User | undefined, after: User | undefined): string[] {
  const [had, has] = [new Set(rightsOf(before)), new Set(rightsOf(after))];
  const [limited, limits] = [before?.quotas ?? {}, after?.quotas ?? {}] as Readonly<Record<string, number>>[];
  const keys = [...new Set([...Object.keys(limited ?? {}), ...Object.keys(limits ?? {})])];
  return [
    ...[...has].filter((right) => !had.has(right)).map((right) => `may now ${right}`),
    ...[...had].filter((right) => !has.has(right)).map((right) => `may no longer ${right}`),
    ...keys.flatMap((key) => {
      const [from, to] = [limited?.[key], limits?.[key]];
      if (from === to) return [];
      return [
        to === undefined
          ? `loses its ${key} of ${from ?? "?"}`
          : `has a ${key} of ${to}, ${from === undefined ? "where it had none" : `and not ${from}`}`,
      ];
    }),
    ...passwordOf(before, after),
    ...(before !== undefined && after === undefined
      ? [
          before.scram === undefined
            ? "is declared no longer; its certificate stays where it is, and allows nothing"
            : "is declared no longer; it can no longer log in",
        ]
      : []),
  ];
}

/** What becomes of a user's password. */
function passwordOf(before: User | undefined, after: User | undefined): string[] {
  const [had, has] = [before?.scram, after?.scram];
  if (had === has || after === undefined) return [];
  if (has === undefined) return ["logs in with a certificate, and no longer with a password"];
  if (had === undefined) return ["logs in with a password, at port 9096"];
  const earlier = has === had + 1 ? "the one before it works until the next" : "those before it work no longer";
  return [`has a new password; ${earlier}`];
}

/** `read topic orders`, `write topics that begin with orders.`. */
const rightsOf = (user: User | undefined): string[] =>
  (user?.acls ?? []).flatMap(({ resource, pattern, name, operations }) =>
    operations.map((operation) => {
      if (resource === "cluster") return `${operation} the cluster`;
      if (pattern === "prefixed") return `${operation} each ${resource} that begins with ${name}`;
      return name === "*" ? `${operation} every ${resource}` : `${operation} ${resource} ${name}`;
    }),
  );
