import assert from "node:assert/strict";
import fc from "fast-check";
import { carryOut, type RecoveryPods } from "./carry-out";
import { judge } from "./plan";
import { parseDisk, type Copy, type Server } from "./survey";

class Killed extends Error {}

/** A copy of the metadata on a disk, with the voters that each of its epochs named last. */
interface Metadata extends Copy {
  /** Every voters' record in it: epoch, and voters as text. */
  readonly records: readonly string[];
}

/** A server as Recovery.java makes it: a staged copy is installed at its next start, unless its disk has changed since. */
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

  /** What `recover-quorum` does, with the names that it prints. @returns whether the quorum is back */
  async recover(): Promise<boolean> {
    const servers: Server[] = [];
    for (const { name, id, controller } of this.machines) {
      servers.push({ name, id, controller, disk: parseDisk(String(await this.run(name, ["", "survey"]))) });
    }
    const shown = judge(servers, false, {});
    if (shown.kind !== "unnamed") return false;
    const { from, lost } = shown.plan;
    const judgement = judge(servers, false, { from: from.name, lost: lost.map(({ name }) => name) });
    assert.ok(judgement.kind === "agreed");
    await carryOut(this, servers, judgement.plan, () => undefined);
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

/** Runs to its end, or until it is killed or finds what it was told changed under it, as people see it. */
async function attempt(stack: Stack): Promise<boolean> {
  try {
    return await stack.recover();
  } catch (error) {
    if (error instanceof Killed || /has changed/.test((error as Error).message)) return false;
    throw error;
  }
}

const kills = fc.array(fc.integer({ min: 1, max: 25 }), { maxLength: 4 });
const starts = fc.array(fc.option(fc.integer({ min: 0, max: 5 }), { nil: undefined, freq: 2 }), { maxLength: 60 });

describe("a recovery of a quorum that is killed, and begun anew", () => {
  it("ends with one quorum, and never gives servers copies of two runs", async () => {
    const sizes = fc.constantFrom([1, 0], [3, 0], [3, 1], [5, 0], [5, 2]);
    await fc.assert(
      fc.asyncProperty(sizes, kills, starts, async ([voters = 3, kept = 0], after, byThemselves) => {
        const stack = new Stack(voters, kept);
        stack.starts = [...byThemselves];
        for (const steps of after) {
          stack.left = steps;
          await attempt(stack);
          stack.check();
        }
        stack.left = Infinity;
        stack.starts = [];
        // At most one more run for what the first one finds half-done.
        for (let run = 0; run < 3 && !stack.hasQuorum; run += 1) await attempt(stack);
        stack.check();
        assert.ok(stack.hasQuorum);
      }),
      { numRuns: 1_000 },
    );
  });

  it("drops what an earlier run left on every controller before it gives anything", async () => {
    const stack = new Stack(3, 0);
    const said: string[] = [];
    const run = stack.run.bind(stack);
    stack.run = (name, command, input) => {
      said.push(`${command[1] ?? ""} ${name}`);
      return run(name, command, input);
    };
    assert.ok(await stack.recover());
    const first = said.findIndex((each) => each.startsWith("stage"));
    assert.deepEqual(
      said.slice(0, first).filter((each) => each.startsWith("discard")),
      ["discard controller-0", "discard controller-1", "discard controller-2"],
    );
  });
});
