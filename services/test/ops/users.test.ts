import assert from "node:assert/strict";
import fc from "fast-check";
import { type Acl, aclsOf, describeAcl, keyOf } from "../../src/ops/users/acls.js";
import type { DeclaredUser } from "../../src/ops/users/declared.js";
import { type ActualAccess, describePlan, isEmptyPlan, planUsers, type UsersPlan } from "../../src/ops/users/plan.js";
import type { Quotas } from "../../src/ops/users/quotas.js";
import { granted, recorded, recordOf } from "../../src/ops/users/record.js";
import { iterationsOf } from "../../src/ops/users/scram.js";
import { loginOf, userOfLogin } from "../../src/kafka/login.js";

const user = (name: string, changes: Partial<DeclaredUser> = {}): DeclaredUser => ({
  name,
  acls: [{ resource: "topic", pattern: "literal", name: "orders", operations: ["write"] }],
  quotas: {},
  ...changes,
});

const NOTHING: ActualAccess = { acls: [], quotas: new Map(), credentials: new Map() };

/** The cluster after a plan, or after its first steps. */
function carriedOut(plan: UsersPlan, { acls, quotas, credentials }: ActualAccess, steps = 8): ActualAccess {
  const all = new Map(acls.map((acl) => [keyOf(acl), acl]));
  const logins = new Map(credentials);
  const limits = new Map([...quotas].map(([name, each]): [string, Quotas] => [name, { ...each }]));
  const add = (added: readonly Acl[]) => {
    for (const acl of added) all.set(keyOf(acl), acl);
  };
  const take = (gone: readonly Acl[]) => {
    for (const acl of gone) all.delete(keyOf(acl));
  };
  const order = [
    () => {
      add(plan.record);
    },
    () => {
      add(plan.create);
    },
    () => {
      add(plan.announce);
    },
    () => {
      for (const { login, password } of plan.set) logins.set(login, iterationsOf(password ?? ""));
    },
    () => {
      take(plan.remove);
    },
    () => {
      for (const login of plan.unset) logins.delete(login);
    },
    () => {
      for (const { user: name, changes } of plan.quotas) {
        const after = Object.entries({ ...limits.get(name), ...changes }).filter(([, value]) => value !== undefined);
        if (after.length === 0) limits.delete(name);
        else limits.set(name, Object.fromEntries(after));
      }
    },
    () => {
      take(plan.forget);
    },
  ];
  for (const step of order.slice(0, steps)) step();
  return { acls: [...all.values()], quotas: limits, credentials: logins };
}

/** A password of each user that has one; every generation has another one. */
const passwords = (users: readonly DeclaredUser[]) =>
  new Map(
    users.flatMap(({ name, scram }) =>
      scram === undefined ? [] : [[name, { generation: scram, password: `${name} ${scram}` }] as const],
    ),
  );

const byHand = (principal: string): Acl => ({ ...(aclsOf(user("x"))[0] as Acl), principal });

describe("planUsers", () => {
  it("records a user, gives it its rights, and says last that rights are granted", () => {
    const plan = planUsers([user("orders", { quotas: { producer_byte_rate: 1_024 } })], NOTHING);
    assert.deepEqual(describePlan(plan), [
      "new user orders",
      "allow orders: write topic orders",
      "from now on nobody may do what no ACL allows",
      "set producer_byte_rate = 1024 for orders",
    ]);
    assert.ok(
      isEmptyPlan(planUsers([user("orders", { quotas: { producer_byte_rate: 1_024 } })], carriedOut(plan, NOTHING))),
    );
  });

  it("takes from a user of the stack what is not declared, by whomever it came", () => {
    const actual = carriedOut(planUsers([user("orders")], NOTHING), NOTHING);
    const denied = { ...byHand("User:orders"), permissionType: 2 as const, host: "192.0.2.7" };
    const plan = planUsers([user("orders")], {
      ...actual,
      acls: [...actual.acls, denied],
      quotas: new Map([["orders", { request_percentage: 5 }]]),
    });
    assert.deepEqual(describePlan(plan), [
      "take from orders: deny write topic orders from 192.0.2.7",
      "remove request_percentage from orders",
    ]);
  });

  it("takes everything from a user that is declared no longer, and forgets it", () => {
    const actual = carriedOut(planUsers([user("orders"), user("other")], NOTHING), NOTHING);
    const plan = planUsers([user("other")], actual);
    assert.deepEqual(describePlan(plan), ["take from orders: write topic orders", "forget user orders"]);
    assert.deepEqual(recorded(carriedOut(plan, actual).acls), ["other"]);
  });

  it("gives a user a new password beside the one before it, and takes that away with the next", () => {
    const rotated = (scram: number) => [user("orders", { scram })];
    const next = (scram: number, actual: ActualAccess) => {
      const plan = planUsers(rotated(scram), actual, passwords(rotated(scram)));
      return { said: describePlan(plan), after: carriedOut(plan, actual) };
    };
    const first = next(1, NOTHING);
    assert.ok(first.said.includes("set the password of orders"));
    const second = next(2, first.after);
    assert.deepEqual(second.said, ["set the password of orders@2"]);
    assert.deepEqual([...second.after.credentials.keys()], ["orders", "orders@2"]);
    const third = next(3, second.after);
    assert.deepEqual(third.said, ["set the password of orders@3", "take the password from orders"]);
    // Two at once: the one before it is not there.
    const fifth = next(5, third.after);
    assert.deepEqual([...fifth.after.credentials.keys()], ["orders@5"]);
    const certificate = planUsers([user("orders")], fifth.after);
    assert.deepEqual(describePlan(certificate), ["take the password from orders@5"]);
  });

  it("knows a password that is not the declared one, where the passwords are known", () => {
    const declared = [user("orders", { scram: 1 })];
    const actual = carriedOut(planUsers(declared, NOTHING, passwords(declared)), NOTHING);
    const other = new Map([["orders", { generation: 1, password: "another" }]]);
    assert.deepEqual(describePlan(planUsers(declared, actual, other)), ["set the password of orders"]);
    assert.ok(isEmptyPlan(planUsers(declared, actual)));
    const late = new Map([["orders", { generation: 2, password: "late" }]]);
    assert.deepEqual(planUsers(declared, NOTHING, late).set, [
      { user: "orders", login: "orders", password: undefined },
    ]);
  });

  it("leaves those alone that the stack never made", () => {
    const acls = [byHand("User:somebody"), byHand("User:*"), granted()];
    const quotas = new Map([["somebody", { consumer_byte_rate: 1 }]]);
    assert.ok(isEmptyPlan(planUsers([], { acls, quotas, credentials: new Map([["somebody", 4_096]]) })));
  });

  it("reaches what is declared from anything, also when a run before it was ended half-way, and interrupts nobody who keeps a right", () => {
    const names = ["orders", "billing", "audit"];
    const acl = fc.record({
      resource: fc.constantFrom("topic" as const, "group" as const),
      pattern: fc.constantFrom("literal" as const, "prefixed" as const),
      name: fc.constantFrom("a", "b"),
      operations: fc.uniqueArray(fc.constantFrom("read" as const, "write" as const, "describe" as const), {
        minLength: 1,
      }),
    });
    const quotas = fc.record({ producer_byte_rate: fc.integer({ min: 1 }) }, { requiredKeys: [] });
    const users = fc.uniqueArray(
      fc.record(
        {
          name: fc.constantFrom(...names),
          acls: fc.array(acl, { maxLength: 4 }),
          quotas,
          scram: fc.integer({ min: 1, max: 4 }),
        },
        { requiredKeys: ["name", "acls", "quotas"] },
      ),
      { selector: ({ name }) => name },
    );
    fc.assert(
      fc.property(users, users, fc.integer({ min: 0, max: 8 }), (first, second, steps) => {
        const others = [byHand("User:somebody")];
        const before: ActualAccess = {
          acls: others,
          quotas: new Map([["somebody", { request_percentage: 1 }]]),
          credentials: new Map([["somebody@2", 4_096]]),
        };
        const started = carriedOut(planUsers(first, before, passwords(first)), before, steps);
        const plan = planUsers(second, started, passwords(second));
        const kept = new Set(second.flatMap(aclsOf).map(keyOf));
        assert.ok(plan.remove.every((one) => !kept.has(keyOf(one))));
        const after = carriedOut(plan, started);
        assert.ok(isEmptyPlan(planUsers(second, after, passwords(second))));
        for (const login of plan.unset)
          assert.ok(!second.some(({ name, scram = 0 }) => login === loginOf(name, scram)));
        const known = [...after.credentials.keys()].filter((login) => login !== "somebody@2");
        for (const { name, scram } of second) {
          const own = known.filter((login) => userOfLogin(login).user === name);
          const allowed = scram === undefined ? [] : [loginOf(name, scram), loginOf(name, scram - 1)];
          assert.ok(own.every((login) => allowed.includes(login)));
          assert.equal(own.includes(loginOf(name, scram ?? 0)), scram !== undefined);
        }
        assert.ok(known.every((login) => second.some(({ name }) => name === userOfLogin(login).user)));
        assert.ok(after.credentials.has("somebody@2"));
        const expected = [...others, granted(), ...second.flatMap((one) => [recordOf(one.name), ...aclsOf(one)])].map(
          keyOf,
        );
        assert.deepEqual(new Set(after.acls.map(keyOf)), new Set(expected));
        const limited = second.filter(({ quotas: own }) => Object.keys(own).length > 0).map(({ name }) => name);
        assert.deepEqual([...after.quotas.keys()].sort(), ["somebody", ...limited].sort());
      }),
    );
  });
});

describe("An ACL in words", () => {
  it("says what it is about", () => {
    const [all, prefix, cluster] = aclsOf(
      user("orders", {
        acls: [
          { resource: "topic", pattern: "literal", name: "*", operations: ["describeConfigs"] },
          { resource: "group", pattern: "prefixed", name: "app-", operations: ["read"] },
          { resource: "cluster", pattern: "literal", name: "kafka-cluster", operations: ["alter"] },
        ],
      }),
    ).map(describeAcl);
    assert.deepEqual([all, prefix, cluster], ["describeConfigs topic *", "read group app-*", "alter cluster"]);
  });
});
