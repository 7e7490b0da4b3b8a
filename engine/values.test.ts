import assert from "node:assert/strict";
import { contains, diff, formatPath, parsePath, restore } from "./paths";
import { equal, hasUnknown, isSecret, markSecretsLike, normalize, redact, reveal, secret, UNKNOWN } from "./values";

const KEY = "4dabf18193072939515e22adb298388d";

describe("engine: values", () => {
  it("secrets are revealed for APIs and redacted for people", () => {
    const value = { user: "a", password: secret("b"), list: [secret({ c: 1 })] };
    assert.deepEqual(reveal(value), { user: "a", password: "b", list: [{ c: 1 }] });
    assert.deepEqual(redact(value), { user: "a", password: "[secret]", list: ["[secret]"] });
    assert.deepEqual(secret(secret("x")), secret("x"));
  });

  it("output values and resource references become what providers understand", () => {
    const output = (rest: object) => ({ [KEY]: "d0e6a833031e9bbcd3f4e8bde6ca49a4", ...rest });
    const reference = (rest: object) => ({ [KEY]: "5cf8f73096256a8f31e491e813e4eb8e", urn: "urn:x", ...rest });
    assert.deepEqual(normalize({ known: output({ value: 1 }), unknown: output({}) }), { known: 1, unknown: UNKNOWN });
    assert.ok(isSecret(normalize(output({ value: 1, secret: true }))));
    assert.equal(normalize(reference({ id: "ns/name" })), "ns/name");
    assert.equal(normalize(reference({ id: "" })), UNKNOWN);
    assert.equal(normalize(reference({})), "urn:x");
  });

  it("outputs are secret where the inputs were", () => {
    const marked = markSecretsLike({ a: { b: 1, c: 2 }, d: [1, 2] }, { a: { b: secret(1) }, d: [0, secret(0)] });
    assert.deepEqual(marked, { a: { b: secret(1), c: 2 }, d: [1, secret(2)] });
  });

  it("compares as JSON, without the order of keys and secret marks", () => {
    assert.ok(equal({ a: 1, b: [secret(2)] }, { b: [2], a: 1 }));
    assert.ok(!equal({ a: 1 }, { a: 1, b: 1 }));
    assert.ok(hasUnknown({ a: [{ b: secret(UNKNOWN) }] }));
  });
});

describe("engine: property paths", () => {
  for (const text of ["spec.containers[0].image", 'metadata.annotations["pulumi.com/skipAwait"]', "a[*].b", "data-x"]) {
    it(`reads and writes ${text}`, () => {
      const path = parsePath(text);
      assert.deepEqual(parsePath(formatPath(path)), path);
    });
  }

  it("refuses what is no path", () => {
    assert.throws(() => parsePath("a[b]"), /"a\[b\]" is not a property path/);
  });

  it("* matches any one step", () => {
    assert.ok(contains(parsePath("spec.containers[*].image"), parsePath("spec.containers[3].image")));
    assert.ok(!contains(parsePath("spec.containers[*].image"), parsePath("spec.containers[3].name")));
  });

  it("a diff names each leaf that differs; null and absence are the same", () => {
    const changes = diff({ a: { b: 1, c: null, e: 1 }, f: [1, 2] }, { a: { b: 2, d: null }, f: [1, 3, UNKNOWN] });
    const told = changes.map((change) => `${change.kind} ${formatPath(change.path)}`);
    assert.deepEqual(told, ["update a.b", "delete a.e", "update f[1]", "add f[2]"]);
  });

  it("a diff says where a secret is involved, and that an unknown differs even from itself", () => {
    assert.deepEqual(
      diff({ a: secret(1), b: 1 }, { a: secret(2), b: 1 }).map((change) => change.secret),
      [true],
    );
    assert.equal(diff({ a: UNKNOWN }, { a: UNKNOWN }).length, 1);
  });

  it("ignored paths are restored, also where the value was absent and for each element", () => {
    const before = { a: { keep: 1 }, list: [{ x: 1 }, { x: 2 }] };
    const after = { a: { keep: 2, more: 3 }, list: [{ x: 8 }, { x: 9 }] };
    assert.deepEqual(restore(["a.keep", "a.more"], before, after), { a: { keep: 1 }, list: after.list });
    assert.deepEqual(restore(["list[*].x"], before, after), { a: after.a, list: before.list });
  });
});
