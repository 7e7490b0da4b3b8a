import assert from "node:assert/strict";
import fc from "fast-check";
import { type Decision, type Decisions, decisionsOfSuite, type Word } from "./decisions";

/** A controller of the model. */
interface Controller {
  running: boolean;
  /** Undefined while its disk is not formatted. */
  disk: Disk | undefined;
}

interface Disk {
  /** Identifies this formatting of a disk: a voter of Kafka 4 is a formatting, and not a node. */
  readonly formatting: number;
  /** Whether it has ever known a leader. */
  quorum: boolean;
  /** Whether it has voted; used for static voters. */
  voted: boolean;
  /** How much of the metadata it has. */
  log: number;
}

/**
 * Servers that start, stop and lose disks, with the relevant part of Raft: who votes, who leads, what is committed. Among possible next events, the
 * model takes the worst.
 */
class Model {
  readonly controllers: Controller[];
  /** Whether each broker runs, and whether its disk was used. */
  readonly brokers: { running: boolean; used: boolean }[];
  /** The number of founded quorums, and what the last one has committed. */
  founded = 0;
  committed = 0;
  private formattings = 0;
  private leader: Controller | undefined;
  /** With Kafka 4, the voting formattings. */
  private voters = new Set<number>();

  constructor(
    private readonly decisions: Decisions,
    private readonly kind: "fixed" | "dynamic",
    controllers: number,
    brokers: number,
  ) {
    this.controllers = Array.from({ length: controllers }, () => ({ running: false, disk: undefined }));
    this.brokers = Array.from({ length: brokers }, () => ({ running: false, used: false }));
  }

  /** Starts a server, which decides as the image does. */
  async start(ordinal: number): Promise<Decision | undefined> {
    const controller = this.controllers[ordinal];
    if (controller === undefined || controller.disk !== undefined) {
      if (controller) controller.running = true;
      return undefined;
    }
    controller.running = true;
    const others = this.controllers.filter((other) => other !== controller);
    const [decision] = await this.decisions.decide({
      ordinal,
      voters: this.kind,
      pods: "dedicated",
      own: "N",
      controllers: others.map((other) => this.word(other)),
      brokers: this.brokers.map(({ running, used }) => (running ? (used ? "q" : "N") : "-")),
    });
    assert.ok(decision);
    if (decision.action !== "FOUND" && decision.action !== "JOIN") return decision;
    controller.disk = { formatting: ++this.formattings, quorum: false, voted: false, log: 0 };
    if (decision.action === "FOUND") {
      const past = this.controllers.some(({ disk }) => disk?.quorum) || this.brokers.some(({ used }) => used);
      assert.ok(!past, "a quorum is founded beside what is left of another");
      this.committed = 0;
      if (this.kind === "dynamic") {
        this.voters = new Set([controller.disk.formatting]);
        this.founded++;
      }
    }
    return decision;
  }

  /** Stops a server or its pod; its disk may be lost, too. */
  stop(ordinal: number, diskLost: boolean): void {
    const controller = this.controllers[ordinal];
    if (!controller) return;
    controller.running = false;
    if (diskLost) controller.disk = undefined;
    if (this.leader === controller) this.leader = undefined;
  }

  /** Holds an election, if there can be one: of the candidates that most voters would elect, the worst wins. */
  elect(): void {
    const voting = this.voting();
    if (voting.length < this.majority()) return;
    if (this.leader && voting.includes(this.leader)) return;
    const logs = voting.map(({ disk }) => disk?.log ?? 0).sort((one, other) => one - other);
    const least = logs[this.majority() - 1] ?? 0;
    const elected = voting
      .filter(({ disk }) => (disk?.log ?? 0) >= least)
      .sort((one, other) => (one.disk?.log ?? 0) - (other.disk?.log ?? 0))[0];
    assert.ok(elected?.disk);
    if (this.founded === 0) this.founded = 1;
    assert.ok(elected.disk.log >= this.committed, "a leader has forgotten what was committed");
    this.leader = elected;
    for (const { disk } of voting) if (disk) Object.assign(disk, { voted: true, quorum: true });
    this.write(0);
  }

  /**
   * The leader commits something with a bare majority of the voters; running observers and brokers learn of it. @param first a voter of that majority
   */
  write(first: number): void {
    const { leader } = this;
    if (!leader?.disk) return;
    const voting = this.voting();
    if (!voting.includes(leader) || voting.length < this.majority()) {
      this.leader = undefined;
      return;
    }
    const others = voting.filter((voter) => voter !== leader);
    const rest = [
      ...others.slice(first % Math.max(1, others.length)),
      ...others.slice(0, first % Math.max(1, others.length)),
    ];
    leader.disk.log = this.committed = Math.max(leader.disk.log, this.committed) + 1;
    for (const { disk } of rest.slice(0, this.majority() - 1)) if (disk) disk.log = leader.disk.log;
    for (const broker of this.brokers) if (broker.running) broker.used = true;
    if (this.kind === "fixed") return;
    // Controllers that are not voters yet become voters, in place of their former selves.
    for (const { running, disk } of this.controllers) {
      if (running && disk && !this.voters.has(disk.formatting)) {
        Object.assign(disk, { quorum: true, log: leader.disk.log });
        const present = new Set(this.controllers.flatMap((each) => (each.disk ? [each.disk.formatting] : [])));
        this.voters = new Set([...this.voters, disk.formatting].filter((voter) => present.has(voter)));
      }
    }
  }

  /** Followers copy what they lack. */
  catchUp(): void {
    const { leader } = this;
    if (!leader?.disk || !leader.running) return;
    for (const { disk } of this.voting()) if (disk) Object.assign(disk, { log: leader.disk.log, quorum: true });
  }

  get leads(): boolean {
    return this.leader !== undefined;
  }

  private voting(): Controller[] {
    return this.controllers.filter(
      ({ running, disk }) => running && disk && (this.kind === "fixed" || this.voters.has(disk.formatting)),
    );
  }

  private majority(): number {
    const all = this.kind === "fixed" ? this.controllers.length : this.voters.size;
    return Math.floor(all / 2) + 1;
  }

  private word({ running, disk }: Controller): Word {
    if (!running) return "-";
    if (!disk) return "N";
    if (disk.quorum) return this.leader && disk.log >= this.committed ? "Q" : "q";
    return disk.voted ? "V" : "N";
  }
}

/** Events in the servers' lives, one after the other. */
type Event = readonly [
  kind: "all" | "start" | "stop" | "lose" | "elect" | "write" | "catchUp" | "broker",
  which: number,
];

const event = fc.tuple(
  fc.constantFrom<Event[0]>(
    ...([
      "all",
      "start",
      "start",
      "stop",
      "stop",
      "lose",
      "lose",
      "elect",
      "elect",
      "write",
      "write",
      "catchUp",
      "broker",
    ] as const),
  ),
  fc.nat(4),
);

describe("servers that found a quorum", function () {
  this.timeout(120_000);
  const decisions = decisionsOfSuite();

  async function happens(model: Model, [kind, which]: Event): Promise<void> {
    const ordinal = which % model.controllers.length;
    if (kind === "all") await settle(model);
    else if (kind === "start") await model.start(ordinal);
    else if (kind === "stop" || kind === "lose") model.stop(ordinal, kind === "lose");
    else if (kind === "elect") model.elect();
    else if (kind === "write") model.write(which);
    else if (kind === "catchUp") model.catchUp();
    else {
      const broker = model.brokers[which % Math.max(1, model.brokers.length)];
      if (broker) broker.running = !broker.running;
    }
  }

  /** Lets every server run, and everything possible happen. @returns the final decision of each unformatted controller */
  async function settle(model: Model): Promise<Decision[]> {
    for (const broker of model.brokers) broker.running = true;
    let waiting: Decision[] = [];
    for (let round = 0; round < 6; round++) {
      waiting = [];
      for (const ordinal of model.controllers.keys()) {
        const decision = await model.start(ordinal);
        if (decision?.action === "WAIT" || decision?.action === "REFUSE") waiting.push(decision);
      }
      model.elect();
      model.catchUp();
      model.write(0);
    }
    return waiting;
  }

  for (const kind of ["dynamic", "fixed"] as const) {
    it(`found one quorum, and lose nothing that was committed, whatever happens: ${kind} voters`, async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(1, 3, 5),
          fc.nat(2),
          fc.array(event, { maxLength: 80, size: "max" }),
          async (controllers, brokers, events) => {
            const model = new Model(decisions, kind, controllers, brokers);
            await settle(model);
            for (const one of events) await happens(model, one);
          },
        ),
        { seed: 7, numRuns: 400 },
      );
    });

    it(`start in the end, or say why not, unless one waits for a server that is there: ${kind} voters`, async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(1, 3, 5),
          fc.nat(2),
          fc.array(event, { maxLength: 60, size: "max" }),
          async (controllers, brokers, events) => {
            const model = new Model(decisions, kind, controllers, brokers);
            await settle(model);
            const lost = new Set<number>();
            for (const [what, which] of events) {
              // Fewer disks than a majority are ever lost, so that a quorum can always form again.
              const ordinal = which % controllers;
              if (what === "lose" && !lost.has(ordinal) && lost.size + 1 > Math.floor((controllers - 1) / 2)) continue;
              if (what === "lose") lost.add(ordinal);
              await happens(model, [what, ordinal]);
            }
            const waiting = await settle(model);
            assert.deepEqual(
              waiting.map(({ text }) => text),
              [],
            );
          },
        ),
        { seed: 11, numRuns: 300 },
      );
    });
  }

  it("all run at once after a first start in any order", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("dynamic" as const, "fixed" as const),
        fc.constantFrom(1, 3, 5),
        fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 }),
        async (kind, controllers, order) => {
          const model = new Model(decisions, kind, controllers, 3);
          for (const ordinal of order) if (ordinal < controllers) await model.start(ordinal);
          assert.deepEqual(await settle(model), []);
          assert.equal(model.founded, 1);
          assert.ok(model.leads);
        },
      ),
      { seed: 3, numRuns: 100 },
    );
  });
});
