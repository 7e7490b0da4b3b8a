import { type Acl, aclsOf, describeAcl, keyOf, principalOf, userOf } from "./acls.js";
import type { DeclaredUser } from "./declared.js";
import { loginOf, userOfLogin } from "../../kafka/login.js";
import type { Quotas } from "./quotas.js";
import { granted, recorded, recordOf } from "./record.js";
import { type Credentials, iterationsOf, type Password } from "./scram.js";

/** Rights and quotas as the cluster has them. */
export interface ActualAccess {
  /** All ACLs, of all principals. */
  readonly acls: readonly Acl[];
  /** Quotas by user. */
  readonly quotas: ReadonlyMap<string, Quotas>;
  /** Who may log in with a password. */
  readonly credentials: Credentials;
}

/** Steps that reconcile the cluster's users with what is declared, in this order. */
export interface UsersPlan {
  /** New records of users. They come before the users' rights, so that an interrupted run leaves no right without a record. */
  readonly record: readonly Acl[];
  readonly create: readonly Acl[];
  /** The record that rights are granted, if it is missing: after them. */
  readonly announce: readonly Acl[];
  readonly remove: readonly Acl[];
  /** Logins that need their password set. */
  readonly set: readonly { readonly user: string; readonly login: string; readonly password: string | undefined }[];
  /** Logins whose password is taken away. */
  readonly unset: readonly string[];
  readonly quotas: readonly { readonly user: string; readonly changes: Quotas }[];
  /** Records of users that are no longer declared. */
  readonly forget: readonly Acl[];
}

/**
 * Compares what is declared with what exists. The stack owns all rights and quotas of users that are declared, or once were: it removes those that are not declared. It leaves
 * those of others alone.
 *
 * A user with passwords has two: that of its generation, and the one before it, if it had one.
 *
 * @param passwords by user; @default they are not known, and a login counts as right when it is there
 */
export function planUsers(
  declared: readonly DeclaredUser[],
  actual: ActualAccess,
  passwords?: ReadonlyMap<string, Password>,
): UsersPlan {
  const present = new Set(actual.acls.map(keyOf));
  const missing = (acls: readonly Acl[]) => unique(acls).filter((acl) => !present.has(keyOf(acl)));
  const names = new Set(declared.map(({ name }) => name));
  const gone = recorded(actual.acls).filter((name) => !names.has(name));
  const wanted = declared.flatMap(aclsOf);
  const kept = new Set(wanted.map(keyOf));
  const own = new Set([...names, ...gone].map(principalOf));
  return {
    record: missing([...names].map(recordOf)),
    create: missing(wanted),
    announce: missing([granted()]),
    remove: actual.acls.filter((acl) => own.has(acl.principal) && !kept.has(keyOf(acl))),
    set: declared.flatMap(({ name, scram }) => {
      if (scram === undefined) return [];
      const login = loginOf(name, scram);
      const found = passwords?.get(name);
      const password = found?.generation === scram ? found.password : undefined;
      const has = actual.credentials.get(login);
      const right = has !== undefined && (password === undefined || has === iterationsOf(password));
      return right ? [] : [{ user: name, login, password }];
    }),
    unset: [...actual.credentials.keys()].filter((login) => {
      const { user, generation } = userOfLogin(login);
      if (!own.has(principalOf(user))) return false;
      const scram = declared.find(({ name }) => name === user)?.scram;
      return scram === undefined || (generation !== scram && generation !== scram - 1);
    }),
    quotas: [...declared, ...gone.map((name) => ({ name, quotas: {} }))].flatMap(({ name, quotas }) => {
      const changes = quotaChanges(quotas, actual.quotas.get(name) ?? {});
      return Object.keys(changes).length === 0 ? [] : [{ user: name, changes }];
    }),
    forget: actual.acls.filter((acl) => gone.some((name) => keyOf(recordOf(name)) === keyOf(acl))),
  };
}

function quotaChanges(wanted: Quotas, present: Quotas): Quotas {
  const [to, from]: Readonly<Record<string, number | undefined>>[] = [wanted, present];
  const keys = [...new Set([...Object.keys(wanted), ...Object.keys(present)])];
  return Object.fromEntries(keys.filter((key) => to?.[key] !== from?.[key]).map((key) => [key, to?.[key]]));
}

const unique = (acls: readonly Acl[]): Acl[] => [...new Map(acls.map((acl) => [keyOf(acl), acl])).values()];

/** True when there is nothing to do. */
export const isEmptyPlan = ({ record, create, announce, remove, set, unset, quotas, forget }: UsersPlan): boolean =>
  [record, create, announce, remove, set, unset, quotas, forget].every(({ length }) => length === 0);

/** The plan for people, a line for each step that changes what somebody may do. */
export function describePlan({ create, remove, set, unset, quotas, record, forget, announce }: UsersPlan): string[] {
  return [
    ...record.map(({ resourceName }) => `new user ${resourceName}`),
    ...create.map((acl) => `allow ${userOf(acl)}: ${describeAcl(acl)}`),
    ...announce.map(() => "from now on nobody may do what no ACL allows"),
    ...remove.map((acl) => `take from ${userOf(acl)}: ${describeAcl(acl)}`),
    ...set.map(({ login }) => `set the password of ${login}`),
    ...unset.map((login) => `take the password from ${login}`),
    ...quotas.flatMap(({ user, changes }) =>
      Object.entries(changes).map(([key, value]) =>
        value === undefined ? `remove ${key} from ${user}` : `set ${key} = ${value} for ${user}`,
      ),
    ),
    ...forget.map(({ resourceName }) => `forget user ${resourceName}`),
  ];
}
