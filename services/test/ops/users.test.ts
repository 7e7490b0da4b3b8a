import assert from "node:assert/strict";
import fc from "fast-check";
import { type Acl, aclsOf, describeAcl, keyOf } from "../../src/ops/users/acls.js";
import type { DeclaredUser } from "../../src/ops/users/declared.js";
import { type ActualAccess, describePlan, isEmptyPlan, planUsers, type UsersPlan } from "../../src/ops/users/plan.js";
import type { Quotas } from "../../src/ops/users/quotas.js";
import { granted, recorded, recordOf } from "../../src/ops/users/record.js";

const user = (name: string, changes: Partial<DeclaredUser> = {}): DeclaredUser => ({
  name,
  acls: [{ resource: "topic", pattern: "literal", name: "orders", operations: ["write"] }],
  quotas: {},
  ...changes,
});

const NOTHING: ActualAccess = { acls: [], quotas: new Map() };

/** The cluster after a plan, or after its first steps. */
function carriedOut(plan: UsersPlan, { acls, quotas }: ActualAccess, steps = 6): ActualAccess {
  const all = new Map(acls.map((acl) => [keyOf(acl), acl]));
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
      take(plan.remove);
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
  return { acls: [...all.values()], quotas: limits };
}

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

  it("leaves those alone that the stack never made", () => {
    const acls = [byHand("User:somebody"), byHand("User:*"), granted()];
    const quotas = new Map([["somebody", { consumer_byte_rate: 1 }]]);
    assert.ok(isEmptyPlan(planUsers([], { acls, quotas })));
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
      fc.record({ name: fc.constantFrom(...names), acls: fc.array(acl, { maxLength: 4 }), quotas }),
      { selector: ({ name }) => name },
    );
    fc.assert(
      fc.property(users, users, fc.integer({ min: 0, max: 6 }), (first, second, steps) => {
        const others = [byHand("User:somebody")];
        const before: ActualAccess = { acls: others, quotas: new Map([["somebody", { request_percentage: 1 }]]) };
        const started = carriedOut(planUsers(first, before), before, steps);
        const plan = planUsers(second, started);
        const kept = new Set(second.flatMap(aclsOf).map(keyOf));
        assert.ok(plan.remove.every((one) => !kept.has(keyOf(one))));
        const after = carriedOut(plan, started);
        assert.ok(isEmptyPlan(planUsers(second, after)));
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
