import assert from "node:assert/strict";
import { deleteGone } from "./delete";
import { Stopped } from "./deployment";
import { bench, component, thing, urnOf, type Bench, type FakeProvider } from "./test-support/fake-provider";
import { isSecret, secret, UNKNOWN } from "./values";

/** Registers everything and deletes the rest. */
async function runAll(run: Bench, ...registrations: ReturnType<typeof thing>[]): Promise<Bench> {
  for (const registration of registrations) {
    await run.deployment.register(registration);
  }
  await deleteGone(run.deployment);
  return run;
}

function urns(run: Bench): string[] {
  return run.state.state.resources.map((resource) => resource.urn);
}

describe("engine: a deployment", () => {
  it("creates, keeps, updates and deletes", async () => {
    const first = await runAll(await bench(), thing("a", { size: 1 }), thing("b"));
    assert.deepEqual(first.provider.log, ["create a", "create b"]);

    const second = await runAll(await first.next(), thing("a", { size: 1 }), thing("b"));
    assert.deepEqual(second.provider.log, []);
    assert.equal(second.deployment.options.progress.changes().same, 2);

    const third = await runAll(await second.next(), thing("a", { size: 2 }));
    assert.deepEqual(third.provider.log, ["update a", "delete b"]);
    assert.deepEqual(third.deployment.options.progress.steps[0]?.paths, ["size"]);
    assert.deepEqual(urns(third), [urnOf("a")]);
  });

  it("gives the program the provider's outputs, with secrets marked", async () => {
    const { deployment } = await bench();
    const wanted = thing("a", { password: secret("hidden") }, { additionalSecretOutputs: ["result"] });
    const { outputs, id } = await deployment.register(wanted);
    assert.equal(id, "a-id");
    assert.ok(isSecret(outputs["password"] ?? null));
    assert.ok(isSecret(outputs["result"] ?? null));
  });

  it("names the resource that failed, lets running steps end, and starts no more", async () => {
    const run = await bench();
    const { deployment, provider } = run;
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    provider.pause = (subject) => (subject.name === "slow" ? gate : Promise.resolve());
    const slow = deployment.register(thing("slow"));
    await assert.rejects(deployment.register(thing("bad", { fail: true })), Stopped);
    await assert.rejects(deployment.register(thing("late")), Stopped);
    release();
    await slow;
    await deployment.settle();
    assert.equal(deployment.failure?.message, "Thing bad failed: the API said no");
    assert.deepEqual(urns(run), [urnOf("slow")]);
  });

  it("retries what exists but was not ready", async () => {
    const first = await bench();
    await assert.rejects(first.deployment.register(thing("a", { notReady: true })), Stopped);
    assert.deepEqual(first.state.find(urnOf("a"))?.initErrors, ["it is not ready"]);
    const second = await runAll(await first.next(), thing("a", { notReady: true }));
    assert.deepEqual(second.provider.log, ["update a"]);
    assert.equal(second.state.find(urnOf("a"))?.initErrors, undefined);
  });

  it("refuses two resources with one name", async () => {
    const { deployment } = await runAll(await bench(), thing("a"));
    await assert.rejects(deployment.register(thing("a")), Stopped);
    assert.match(deployment.failure?.message ?? "", /names must be unique/);
  });

  it("refuses resources that refer to one which is not there, as Pulumi does when it saves the state", async () => {
    const missing = urnOf("missing");
    const strangers = {
      parent: { parent: missing },
      dependency: { dependencies: [missing] },
      deletedWith: { deletedWith: missing },
      replaceWith: { replaceWith: [missing] },
    };
    for (const [what, options] of Object.entries({
      ...strangers,
      "dependency ": { propertyDependencies: { size: [missing] } },
    })) {
      const { deployment, provider } = await bench();
      await assert.rejects(deployment.register(thing("a", { size: 1 }, options)), Stopped);
      assert.equal(
        deployment.failure?.message,
        `Thing a failed: its ${what.trim()} ${missing} is no resource that the program has registered before it`,
      );
      assert.deepEqual(provider.log, []);
    }
    const { deployment } = await bench();
    await deployment.read({ type: "fake:index:Thing", name: "missing", id: "x", parent: "", provider: "", inputs: {} });
    await deployment.register(thing("a", {}, { dependencies: [missing] }));
  });

  it("does nothing to a resource whose hook the program has not registered", async () => {
    const { deployment, provider } = await bench();
    await assert.rejects(deployment.register(thing("a", {}, { beforeCreate: ["asks"] })), Stopped);
    assert.equal(deployment.failure?.message, "Thing a failed: the program has not registered its hook asks");
    assert.deepEqual(provider.log, []);
  });

  it("names a type that has no provider", async () => {
    const { deployment } = await bench();
    await assert.rejects(deployment.register(thing("a", {}, { type: "random:index/randomId:RandomId" })), Stopped);
    assert.match(deployment.failure?.message ?? "", /no provider for the type random:index\/randomId:RandomId/);
  });
});

describe("engine: a refresh", () => {
  const refresh = { refresh: true };

  /** A run that finds `a` different from what an earlier run left with size 1. */
  async function finding(found: Parameters<Bench["provider"]["found"]["set"]>[1], options = {}): Promise<Bench> {
    const first = await runAll(await bench(), thing("a", { size: 1, named: true }));
    const second = await first.next({ ...refresh, ...options });
    second.provider.found.set("a", found);
    return second;
  }
  const drifted = { inputs: { size: 2, named: true }, drift: [{ path: ["size"], managers: ["kubectl"] }] };

  it("reverts what something else changed, and names who changed it", async () => {
    const run = await runAll(await finding(drifted), thing("a", { size: 1, named: true }));
    assert.deepEqual(run.provider.log, ["update a"]);
    assert.ok(run.lines.includes("    Thing a: size was changed by kubectl, and is reverted"), run.lines.join("\n"));
    assert.equal(run.deployment.options.progress.changes().update, 1);
  });

  it("changes nothing when the live object already matches, or when others own the difference", async () => {
    const wanted = await runAll(await finding(drifted), thing("a", { size: 2, named: true }));
    assert.deepEqual(wanted.provider.log, []);
    const left = thing("a", { size: 1, named: true }, { ignoreChanges: ["size"] });
    assert.deepEqual((await runAll(await finding(drifted), left)).provider.log, []);
  });

  it("recreates a resource that is gone; a preview says so and keeps the state", async () => {
    const run = await runAll(await finding(undefined), thing("a", { size: 1, named: true }));
    assert.deepEqual(run.provider.log, ["create a"]);
    const preview = await finding(undefined, { preview: true });
    await runAll(preview, thing("a", { size: 1, named: true }));
    assert.equal(preview.deployment.options.progress.changes().create, 1);
    assert.equal((await preview.next()).state.state.resources.length, 1);
  });

  it("waits for a resource that is as declared but not ready, and counts no change", async () => {
    const run = await runAll(
      await finding({ readiness: { notReady: "2 of 3" } }),
      thing("a", { size: 1, named: true }),
    );
    assert.deepEqual(run.provider.log, ["update a"]);
    assert.equal(run.deployment.options.progress.changes().same, 1);
  });

  it("accepts that a resource became ready since a run that did not wait for it", async () => {
    const first = await bench();
    await assert.rejects(first.deployment.register(thing("a", { notReady: true })), Stopped);
    const second = await first.next(refresh);
    second.provider.found.set("a", { readiness: "ready" });
    await runAll(second, thing("a", { notReady: true }));
    assert.deepEqual(second.provider.log, []);
    assert.equal(second.state.find(urnOf("a"))?.initErrors, undefined);
  });

  it("fails the run when it fails: no answer does not mean that the resource is gone", async () => {
    const run = await finding(undefined);
    run.provider.refresh = () => Promise.reject(new Error("no answer"));
    await assert.rejects(run.deployment.register(thing("a", { size: 1, named: true })), Stopped);
    assert.equal(run.deployment.failure?.message, "Thing a failed: no answer");
    assert.deepEqual(urns(run), [urnOf("a")]);
  });

  it("does not happen unless the project asks for it", async () => {
    const run = await runAll(await finding(undefined, { refresh: false }), thing("a", { size: 1, named: true }));
    assert.deepEqual(run.provider.log, []);
  });
});

describe("engine: an interruption", () => {
  it("starts nothing more, and becomes the run's error", async () => {
    const interruption = new AbortController();
    const run = await bench({ signal: interruption.signal });
    interruption.abort();
    await assert.rejects(run.deployment.register(thing("late")), Stopped);
    assert.deepEqual(run.provider.log, []);
    assert.match(run.deployment.failure?.message ?? "", /^interrupted; .* run the same command again/);
  });

  it("reports what each running step waited for", async () => {
    const interruption = new AbortController();
    const run = await bench({ signal: interruption.signal });
    run.provider.pause = () => {
      interruption.abort();
      return Promise.reject(new Error("interrupted: 2 of 3 pods ready"));
    };
    await assert.rejects(run.deployment.register(thing("a")), Stopped);
    assert.deepEqual(run.lines, ["    Thing a: interrupted: 2 of 3 pods ready"]);
    assert.match(run.deployment.failure?.message ?? "", /^interrupted; /);
  });
});

describe("engine: replacement", () => {
  it("creates the new one under a new name first and deletes the old one at the end", async () => {
    const first = await runAll(await bench(), thing("a", { fixed: 1 }));
    const before = first.state.find(urnOf("a"))?.inputs["auto"];
    const second = await first.next();
    await second.deployment.register(thing("a", { fixed: 2 }));
    assert.deepEqual(second.provider.log, ["create a"]);
    assert.notEqual(second.state.find(urnOf("a"))?.inputs["auto"], before);
    await deleteGone(second.deployment);
    assert.deepEqual(second.provider.log, ["create a", "delete a"]);
    assert.deepEqual(second.deployment.options.progress.steps[0]?.replacePaths, ["fixed"]);
    assert.equal(second.deployment.options.progress.changes().delete, 0);
    assert.deepEqual(urns(second), [urnOf("a")]);
  });

  it("deletes the old one first when both cannot exist, or when the program says so", async () => {
    const inputs = (fixed: number) => ({ fixed, named: true });
    const first = await runAll(await bench(), thing("a", inputs(1)), thing("b", { fixed: 1 }));
    const second = await first.next();
    await runAll(second, thing("a", inputs(2)), thing("b", { fixed: 2 }, { deleteBeforeReplace: true }));
    assert.deepEqual(second.provider.log, ["delete a", "create a", "delete b", "create b"]);
  });

  it("happens on replaceOnChanges, and together with replaceWith", async () => {
    const first = await runAll(await bench(), thing("a", { size: 1 }), thing("b"));
    const second = await first.next();
    await runAll(
      second,
      thing("a", { size: 2 }, { replaceOnChanges: ["size"] }),
      thing("b", {}, { replaceWith: [urnOf("a")] }),
    );
    assert.equal(second.deployment.options.progress.changes().replace, 2);
  });

  it("is refused for protected resources", async () => {
    const first = await runAll(await bench(), thing("a", { fixed: 1 }, { protect: true }));
    const { deployment } = await first.next();
    await assert.rejects(deployment.register(thing("a", { fixed: 2 }, { protect: true })), Stopped);
    assert.match(deployment.failure?.message ?? "", /Thing a failed: it is protected/);
  });
});

describe("engine: options of resources", () => {
  it("ignoreChanges keeps the old value", async () => {
    const first = await runAll(await bench(), thing("a", { size: 1, other: 1 }));
    const options = { ignoreChanges: ["size"] };
    const second = await runAll(await first.next(), thing("a", { size: 2, other: 1 }, options));
    assert.deepEqual(second.provider.log, []);
  });

  it("aliases keep the state of a renamed resource and of its children", async () => {
    const parent = "test:index:Component";
    const urnOfComponent = (name: string) => `urn:pulumi:dev::test::${parent}::${name}`;
    const child = (name: string, of: string) => thing(name, {}, { parent: urnOfComponent(of) });
    const first = await runAll(await bench(), component("old"), child("old-a", "old"));
    const second = await first.next();
    await runAll(second, component("new", { aliases: [{ name: "old" }] }), child("new-a", "new"));
    assert.deepEqual(second.provider.log, []);
    assert.deepEqual(urns(second), [urnOfComponent("new"), urnOf("new-a", parent)]);
  });

  it("aliases hold after a kill for what is in a renamed type, and not for names that follow the parent's", async () => {
    const typed = (type: string) => component("group", { type, aliases: [{ type: "test:index:Old" }] });
    const child = (name: string, of: string) => thing(name, {}, { parent: `urn:pulumi:dev::test::${of}` });
    const first = await runAll(
      await bench(),
      component("group", { type: "test:index:Old" }),
      child("a", "test:index:Old::group"),
      component("old"),
      child("old-b", "test:index:Component::old"),
    );
    const killed = await first.next();
    await killed.deployment.register(typed("test:index:New"));
    await killed.deployment.register(component("new", { aliases: [{ name: "old" }] }));
    killed.state.save();
    const after = await runAll(
      await killed.next(),
      typed("test:index:New"),
      child("a", "test:index:New::group"),
      component("new", { aliases: [{ name: "old" }] }),
      child("new-b", "test:index:Component::new"),
    );
    assert.deepEqual(after.provider.log, ["create new-b", "delete old-b"]);
  });

  it("aliases that two resources claim are refused, in either order", async () => {
    const first = await runAll(await bench(), thing("a"));
    const alias = { aliases: [{ name: "a" }] };
    const pairs: [ReturnType<typeof thing>, ReturnType<typeof thing>][] = [
      [thing("b", {}, alias), thing("a")],
      [thing("a"), thing("b", {}, alias)],
      [thing("b", {}, alias), thing("c", {}, alias)],
    ];
    for (const [one, other] of pairs) {
      const { deployment } = await first.next({ preview: true });
      await deployment.register(one);
      await assert.rejects(deployment.register(other), Stopped);
      assert.match(deployment.failure?.message ?? "", /names and aliases must be unique$/);
    }
  });

  it("retainOnDelete only forgets; deletedWith leaves the deletion to the other resource", async () => {
    const first = await runAll(
      await bench(),
      thing("base"),
      thing("kept", {}, { retainOnDelete: true }),
      thing("inside", {}, { deletedWith: urnOf("base") }),
    );
    const second = await runAll(await first.next());
    assert.deepEqual(second.provider.log, ["delete base"]);
    assert.deepEqual(urns(second), []);
  });

  it("protect stops a deletion before anything is deleted", async () => {
    const first = await runAll(await bench(), thing("a", {}, { protect: true }), thing("b"));
    const second = await first.next();
    await assert.rejects(deleteGone(second.deployment), /Thing a failed: it is protected/);
    assert.deepEqual(second.provider.log, []);
  });
});

describe("engine: deletion", () => {
  it("deletes dependents first, also through components and parents", async () => {
    const parent = "urn:pulumi:dev::test::test:index:Component::group";
    const first = await runAll(
      await bench(),
      thing("base"),
      component("group"),
      thing("inside", {}, { parent, dependencies: [urnOf("base")] }),
      thing("after", {}, { dependencies: [parent] }),
    );
    const second = await runAll(await first.next());
    assert.deepEqual(second.provider.log, ["delete after", "delete inside", "delete base"]);
  });

  it("stops at a failure and keeps the rest", async () => {
    const first = await runAll(await bench(), thing("base"), thing("top", {}, { dependencies: [urnOf("base")] }));
    const top = first.state.find(urnOf("top"));
    assert.ok(top);
    top.inputs["fail"] = true;
    first.state.save();
    const second = await first.next();
    await assert.rejects(deleteGone(second.deployment), /Thing top failed: the API said no/);
    assert.deepEqual(urns(second), [urnOf("base"), urnOf("top")]);
  });

  it("leaves a retained resource alone, and does not recreate it when it is declared again", async () => {
    const first = await runAll(await bench(), thing("a", { fail: false }));
    const a = first.state.find(urnOf("a"));
    assert.ok(a);
    a.inputs["fail"] = true;
    first.state.save();
    const second = await first.next();
    await assert.rejects(deleteGone(second.deployment), /Thing a failed: the API said no/);
    assert.equal(second.state.find(urnOf("a"))?.deleting, undefined);
    const third = await runAll(await second.next(), thing("a", { fail: false }));
    assert.deepEqual(third.provider.log, ["update a"]);
  });
});

describe("engine: after a kill", () => {
  /** Makes a provider's calls never end. Resolves when this many have begun. */
  const neverDone = (provider: FakeProvider, calls: number): Promise<void> =>
    new Promise((resolve) => {
      let begun = 0;
      provider.pause = () => {
        begun += 1;
        if (begun === calls) resolve();
        return new Promise(() => undefined);
      };
    });

  it("adopts what had begun under its name, and deletes it when it is no longer declared", async () => {
    const first = await bench();
    const working = neverDone(first.provider, 2);
    // Never ends: the process is "killed" while the API works.
    void first.deployment.register(thing("a"));
    void first.deployment.register(thing("b"));
    await working;
    const begun = first.state.begun(urnOf("a"))?.inputs["auto"];
    assert.ok(begun);

    const second = await runAll(await first.next(), thing("a"));
    assert.deepEqual(second.provider.adopted, ["a"]);
    assert.equal(second.state.find(urnOf("a"))?.inputs["auto"], begun);
    assert.deepEqual(second.provider.log, ["create a", "delete b"]);
    assert.deepEqual(second.state.state.creating, []);
  });

  it("finishes a deletion that had begun, and recreates the resource when it is declared again", async () => {
    const first = await runAll(await bench(), thing("a"), thing("b"));
    const second = await first.next();
    const working = neverDone(second.provider, 2);
    void deleteGone(second.deployment);
    await working;

    const preview = await second.next({ preview: true });
    await runAll(preview, thing("a"), thing("b"));
    assert.deepEqual(preview.provider.log, []);
    assert.equal(preview.deployment.options.progress.changes().create, 2);

    const third = await runAll(await second.next(), thing("a"), thing("b"));
    assert.deepEqual(third.provider.log, ["delete a", "create a", "delete b", "create b"]);
    const fourth = await runAll(await third.next(), thing("a"), thing("b"));
    assert.deepEqual(fourth.provider.log, []);
  });

  it("forgets a creation that was refused", async () => {
    const run = await bench();
    await assert.rejects(run.deployment.register(thing("a", { fail: true })), Stopped);
    assert.deepEqual(run.state.state.creating, []);
  });
});

describe("engine: preview", () => {
  it("creates and writes nothing, and leaves unknown what only the provider can know", async () => {
    const first = await runAll(await bench(), thing("a", { size: 1 }), thing("b"));
    const second = await first.next({ preview: true });
    const { outputs } = await second.deployment.register(thing("a", { size: 2 }));
    assert.equal(outputs["size"], 2);
    assert.equal(outputs["result"], UNKNOWN);
    const created = await second.deployment.register(thing("c"));
    assert.equal(created.id, "");
    await deleteGone(second.deployment);
    assert.deepEqual(second.provider.log, []);
    const { update, create, delete: deleted } = second.deployment.options.progress.changes();
    assert.deepEqual([update, create, deleted], [1, 1, 1]);
    assert.deepEqual(urns(await first.next()), [urnOf("a"), urnOf("b")]);
  });

  it("hides every output on request", async () => {
    const { deployment } = await bench({ preview: true, hideOutputs: true });
    const { outputs } = await deployment.register(thing("a", { size: 2 }));
    assert.deepEqual(new Set(Object.values(outputs)), new Set([UNKNOWN]));
  });
});
