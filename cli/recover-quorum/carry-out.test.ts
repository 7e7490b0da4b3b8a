import assert from "node:assert/strict";
import fc from "fast-check";
import { carryOut, type RecoveryPods } from "./carry-out";
import { judge } from "./plan";
import { parseDisk, type Copy, type Server, type Surveyed } from "./survey";

class Killed extends Error {}

/** A copy of the metadata on a disk, with the voters that each of its epochs named last. */
interface Metadata extends Copy {
  /** Every voters' record in it: epoch, and voters as text. */
  readonly records: readonly string[];
}

/**
 * A server as Recovery.java makes it: a staged copy is installed at its next start, unless its disk has changed since. That refuses a copy for another directory
 * than the disk has by then; this one takes it, so that the order of the steps is what the tests show.
 */
class Machine {
  directory = "";
  metadata: Metadata | undefined;
  staged: { readonly replaces: string; readonly directory: string; readonly metadata: Metadata } | undefined;

  constructor(
    readonly name: string,
    readonly id: number,
    readonly controller: boolean,
  ) {}

  get state(): string {
    return `${this.directory} ${this.metadata?.end ?? "without metadata"} ${this.metadata?.epoch ?? ""}`;
  }

  survey(): string {
    const { metadata, directory } = this;
    const lines = [
      `knows=${metadata ? "quorum" : "nothing"}`,
      `epoch=${metadata?.epoch ?? 0}`,
      `directory=${directory}`,
    ];
    if (metadata) {
      const voters = [...metadata.voters].map(([id, of]) => `${id}:${of}`).join(",");
      lines.push(`end=${metadata.end}`, `endEpoch=${metadata.epoch}`, "written=0", `voters=${voters}`);
    }
    return lines.join("\n");
  }

  stage(metadata: Metadata, epoch: number, directory: string, all: string): void {
    const voters = new Map(all.split(",").map((each) => [Number(each.split(":")[0]), each.split(":")[1] ?? ""]));
    const records = [...metadata.records, `${epoch} ${all}`];
    const changed = { ...metadata, end: metadata.end + 1, epoch, voters, records };
    this.staged = {
      replaces: this.state,
      directory: this.directory === "" ? directory : this.directory,
      metadata: changed,
    };
  }

  start(): void {
    const { staged } = this;
    this.staged = undefined;
    if (staged?.replaces !== this.state) return;
    this.directory = staged.directory;
    this.metadata = staged.metadata;
  }
}

/** A stack whose operator is killed after some of its steps, and whose pods start by themselves at some of them. */
class Stack implements RecoveryPods {
  readonly machines: readonly Machine[];
  /** Steps until the operator is killed. */
  left = Infinity;
  /** Machines that start by themselves, one before each step; undefined is none. */
  starts: (number | undefined)[] = [];

  constructor(voters: number, kept: number) {
    const directories = new Map(Array.from({ length: voters }, (_, id) => [9000 + id, `old-${id}`]));
    const metadata: Metadata = { epoch: 5, end: 100, written: 0, voters: directories, records: ["5 old"] };
    this.machines = [
      ...Array.from({ length: voters }, (_, id) => new Machine(`controller-${id}`, 9000 + id, true)),
      new Machine("broker-0", 0, false),
    ];
    for (const [index, machine] of this.machines.entries()) {
      if (machine.controller && index >= kept) continue;
      machine.metadata = metadata;
      machine.directory = directories.get(machine.id) ?? "broker";
    }
  }

  run(
    name: string,
    [, command, , end, epoch, directory = "", all = ""]: readonly string[],
    input?: Buffer,
  ): Promise<Buffer> {
    const machine = this.#step(name);
    switch (command) {
      case "survey":
        return Promise.resolve(Buffer.from(machine.survey()));
      case "export":
        return Promise.resolve(
          Buffer.from(JSON.stringify({ ...machine.metadata, voters: [...(machine.metadata?.voters ?? [])] })),
        );
      case "discard":
        machine.staged = undefined;
        return Promise.resolve(Buffer.alloc(0));
      default: {
        const sent = JSON.parse(String(input)) as Metadata & { voters: [number, string][] };
        if (sent.end !== Number(end)) return Promise.reject(new Error("it did not arrive whole, or has changed"));
        machine.stage({ ...sent, voters: new Map(sent.voters) }, Number(epoch), directory, all);
        return Promise.resolve(Buffer.from("staged"));
      }
    }
  }

  restart(name: string): Promise<void> {
    this.#step(name).start();
    return Promise.resolve();
  }

  quorum(name: string): Promise<string> {
    this.#step(name);
    return Promise.resolve(this.#hasQuorum ? "leader=9000\nhighWatermark=1000000" : "leader=-1");
  }

  /** Commands that are run from now on, each as its name and its server's. */
  record(): string[] {
    const said: string[] = [];
    const run = this.run.bind(this);
    this.run = (name, command, input) => {
      said.push(`${command[1] ?? ""} ${name}`);
      return run(name, command, input);
    };
    return said;
  }

  /** What `recover-quorum` does, with the names that it prints. @returns whether the quorum is back */
  async recover(): Promise<boolean> {
    const look = async (): Promise<Surveyed> => {
      const servers: Server[] = [];
      for (const { name, id, controller } of this.machines) {
        servers.push({ name, id, controller, disk: parseDisk(String(await this.run(name, ["", "survey"]))) });
      }
      return { servers, fixed: false };
    };
    const { servers, fixed } = await look();
    const shown = judge(servers, fixed, {});
    if (shown.kind !== "unnamed") return false;
    const { from, lost } = shown.plan;
    const named = { from: from.name, lost: lost.map(({ name }) => name) };
    const judgement = judge(servers, fixed, named);
    assert.ok(judgement.kind === "agreed");
    await carryOut(this, { servers, plan: judgement.plan }, named, look, () => undefined);
    return true;
  }

  /** No two servers name other voters in the same epoch, and each is the voter that its own copy names. */
  check(): void {
    const byEpoch = new Map<string, string>();
    for (const { name, id, controller, directory, metadata } of this.machines) {
      for (const record of metadata?.records ?? []) {
        const [epoch = "", voters = ""] = record.split(" ");
        assert.equal(byEpoch.get(epoch) ?? voters, voters, `${name}: two sets of voters in epoch ${epoch}`);
        byEpoch.set(epoch, voters);
      }
      if (controller && metadata && metadata.epoch > 5) assert.equal(metadata.voters.get(id), directory, name);
    }
  }

  /** Whether most voters of the latest copy are there with the directories that it names, and with that copy. */
  get #hasQuorum(): boolean {
    const controllers = this.machines.filter(({ controller }) => controller);
    const latest = Math.max(...controllers.map(({ metadata }) => metadata?.epoch ?? 0));
    const best = controllers.find(({ metadata }) => metadata?.epoch === latest)?.metadata;
    const there = controllers.filter(({ id, directory, metadata }) => metadata && best?.voters.get(id) === directory);
    return there.length > controllers.length / 2;
  }

  get hasQuorum(): boolean {
    return this.#hasQuorum;
  }

  #step(name: string): Machine {
    if (this.left <= 0) throw new Killed();
    this.left -= 1;
    const starts = this.starts.shift();
    if (starts !== undefined) this.machines[starts % this.machines.length]?.start();
    this.check();
    const machine = this.machines.find((each) => each.name === name);
    assert.ok(machine);
    return machine;
  }
}

/** Has a quorum after at most one more run for what the first one finds half-done, with nothing left that mixes two. */
async function recovered(stack: Stack): Promise<void> {
  stack.left = Infinity;
  stack.starts = [];
  for (let run = 0; run < 3 && !stack.hasQuorum; run += 1) await attempt(stack);
  stack.check();
  assert.ok(stack.hasQuorum);
}

/** Steps of a recovery of three controllers before this one. */
async function stepsUntil(step: string): Promise<number> {
  const stack = new Stack(3, 0);
  const said = stack.record();
  await stack.recover();
  return said.indexOf(step);
}

/** Runs to its end, or until it is killed or finds what it was told changed under it, as people see it. */
async function attempt(stack: Stack): Promise<boolean> {
  try {
    return await stack.recover();
  } catch (error) {
    if (error instanceof Killed || /has changed/.test((error as Error).message)) return false;
    throw error;
  }
}

/** Runs that are killed after some steps: by default of fast-check, lists would end long before the steps do. */
const kills = fc.array(
  fc.record({
    steps: fc.integer({ min: 1, max: 40 }),
    starts: fc.array(fc.option(fc.integer({ min: 0, max: 5 }), { nil: undefined, freq: 2 }), {
      maxLength: 40,
      size: "max",
    }),
  }),
  { maxLength: 4 },
);

describe("a recovery of a quorum that is killed, and begun anew", () => {
  it("ends with one quorum, and never gives servers copies of two runs", async () => {
    const sizes = fc.constantFrom([1, 0], [3, 0], [3, 1], [5, 0], [5, 2]);
    await fc.assert(
      fc.asyncProperty(sizes, kills, async ([voters = 3, kept = 0], killed) => {
        const stack = new Stack(voters, kept);
        for (const { steps, starts } of killed) {
          stack.left = steps;
          stack.starts = [...starts];
          await attempt(stack);
          stack.check();
        }
        await recovered(stack);
      }),
      { numRuns: 1_000 },
    );
  });

  it("gives nothing when a controller took what a killed run left after it was asked, and says to look again", async () => {
    const stack = new Stack(3, 0);
    stack.left = await stepsUntil("stage controller-1");
    assert.equal(await attempt(stack), false);
    assert.ok(stack.machines[0]?.staged);
    // The servers have said what they have, and none has dropped what it was given.
    stack.left = Infinity;
    stack.starts = [...stack.machines.map(() => undefined), 0];
    await assert.rejects(
      stack.recover(),
      /has changed since it was shown: broker-0 has not the most complete .* Nothing was given .* Look again/,
    );
    stack.check();
    assert.ok(stack.machines.every(({ staged }) => staged === undefined));
    await recovered(stack);
  });

  it("asks what it builds on after every controller has dropped what an earlier run left", async () => {
    const stack = new Stack(3, 0);
    const said = stack.record();
    assert.ok(await stack.recover());
    const servers = ["controller-0", "controller-1", "controller-2", "broker-0"];
    const survey = servers.map((name) => `survey ${name}`);
    const discard = servers.slice(0, 3).map((name) => `discard ${name}`);
    assert.deepEqual(
      said.slice(
        0,
        said.findIndex((each) => each.startsWith("stage")),
      ),
      [...survey, ...discard, ...survey, "export broker-0"],
    );
  });
});
