import assert from "node:assert/strict";
import { usersForm } from "../../services/src/ops/users/declared.js";
import { accessOf, aclsOf, operationsOf, resourcesOf } from "./access";
import { ownAccess } from "./own-access";
import { OPERATIONS, type RightResource, WORDS } from "./user";

const RESOURCES = Object.keys(OPERATIONS) as RightResource[];

describe("Rights of users", () => {
  it("become one ACL for each resource, with the operations that its words stand for", () => {
    const acls = aclsOf([
      { topic: "orders", group: "app", allow: ["consume"] },
      { topic: "orders", transactionalIdPrefix: "app-", allow: ["produce", "describeConfigs"] },
      { cluster: true, allow: ["create"] },
    ]);
    assert.deepEqual(acls, [
      { resource: "topic", pattern: "literal", name: "orders", operations: ["read", "write", "describeConfigs"] },
      { resource: "group", pattern: "literal", name: "app", operations: ["read"] },
      { resource: "transactionalId", pattern: "prefixed", name: "app-", operations: ["write"] },
      { resource: "cluster", pattern: "literal", name: "kafka-cluster", operations: ["create"] },
    ]);
  });

  it("never make a server of somebody", () => {
    for (const resource of RESOURCES) {
      for (const word of WORDS) assert.ok(!operationsOf(word, resource).includes("clusterAction" as never));
    }
    assert.deepEqual(resourcesOf({ cluster: false, allow: [] }), []);
  });

  it("are in words that the ops program reads, each of them", () => {
    const rights = [{ topic: "*", groupPrefix: "a", transactionalId: "*", cluster: true, allow: WORDS }];
    const quotas = { producerByteRate: 1, consumerByteRate: 2, requestPercentage: 3, controllerMutationRate: 4 };
    const users = [accessOf({ name: "orders", rights, quotas }), ...ownAccess(["chatroom"])];
    assert.deepEqual(usersForm.parse(users), users);
    for (const { resource, operations } of users[0]?.acls ?? []) {
      assert.deepEqual(new Set(operations), new Set(OPERATIONS[resource]));
    }
  });

  it("of the stack's own programs name topics of the chat alone, but where they only describe", () => {
    const [producer, consumer, , lag] = ownAccess(["one", "two"]);
    assert.deepEqual(
      producer?.acls.map(({ name, operations }) => [name, operations]),
      [
        ["one", ["write"]],
        ["two", ["write"]],
      ],
    );
    assert.deepEqual(consumer?.acls[0]?.operations, ["read"]);
    assert.ok(lag?.acls.every(({ operations }) => operations.join() === "describe"));
    const shows = ownAccess([], true).find(({ name }) => name === "kafka-lag-exporter")?.acls ?? [];
    assert.deepEqual(
      shows.map(({ resource, operations }) => [resource, operations]),
      [
        ["topic", ["describe"]],
        ["group", ["describe"]],
        ["cluster", ["describe", "describeConfigs"]],
      ],
    );
  });
});
