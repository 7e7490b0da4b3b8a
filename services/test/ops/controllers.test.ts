import assert from "node:assert/strict";
import { describeQuorumV2 } from "@platformatic/kafka";
import { mock } from "node:test";
import type { Cluster } from "../../src/ops/cluster.js";
import { keepControllers, refuseOtherVoters } from "../../src/ops/commands/controllers.js";

/** A controller in these tests: whether it votes, and how its health endpoint reacts to orders. */
interface Controller {
  votes: boolean;
  retired: boolean;
  /** Whether its health endpoint answers. */
  readonly answers: boolean;
  /** Orders that it still forgets, because it is killed before it has noted them. */
  forgets: number;
}

/** A quorum whose controllers rejoin at once unless they have retired. */
class Quorum {
  readonly controllers: Map<number, Controller>;
  readonly said: string[] = [];

  constructor(voters: number, changed: Readonly<Record<number, Partial<Controller>>> = {}) {
    this.controllers = new Map(
      Array.from({ length: voters }, (_, id) => [
        id,
        { votes: true, retired: false, answers: true, forgets: 0, ...changed[id] },
      ]),
    );
    // If one mock wrapped another, restoring all would leave the inner one.
    mock.restoreAll();
    mock.method(globalThis, "fetch", (url: string, init?: RequestInit) =>
      this.#health(new URL(url), init?.method ?? "GET"),
    );
  }

  /** Whether Kafka says who is in the quorum. */
  tells = true;

  get voters(): number[] {
    return [...this.controllers].filter(([, { votes }]) => votes).map(([id]) => id);
  }

  keep(keep: readonly number[], { joined = false, waitMs = 30_000 } = {}): Promise<void> {
    const options = {
      keep,
      joined,
      waitMs,
      settleMs: 0,
      tellAgainMs: 1_000,
      print: (line: string) => this.said.push(line),
    };
    return keepControllers(this.#cluster(), options);
  }

  /** Goes to a version whose quorum is static. */
  stay(controllers: readonly number[]): Promise<void> {
    return refuseOtherVoters(this.#cluster(), controllers);
  }

  #cluster(): Cluster {
    return {
      knows: () => Promise.resolve(true),
      describe: () => Promise.resolve({ clusterId: "cluster" }),
      request: (_what: string, _target: string, api: unknown) => {
        assert.equal(api, describeQuorumV2.api);
        return Promise.resolve(this.#described());
      },
      requestUnlessGone: (_what: string, _target: string, _gone: unknown, _api: unknown, ...args: unknown[]) => {
        const id = args[1] as number;
        const controller = this.controllers.get(id);
        if (controller) controller.votes = controller.answers && !controller.retired;
        return Promise.resolve({});
      },
    } as unknown as Cluster;
  }

  #described() {
    const voters = this.voters.map((replicaId) => ({
      replicaId,
      replicaDirectoryId: `directory-${replicaId}`,
      logEndOffset: 10n,
      lastFetchTimestamp: 1_000n,
      lastCaughtUpTimestamp: 1_000n,
    }));
    const nodes = this.voters.map((nodeId) => ({
      nodeId,
      listeners: [{ host: `controller-${nodeId}.controller.kafka.svc` }],
    }));
    return {
      topics: this.tells
        ? [{ partitions: [{ leaderId: 0, highWatermark: 10n, currentVoters: voters, observers: [] }] }]
        : [],
      nodes,
    };
  }

  #health({ hostname, pathname }: URL, method: string): Promise<Response> {
    const controller = this.controllers.get(Number(/^controller-(\d+)/.exec(hostname)?.[1]));
    if (!controller?.answers) return Promise.reject(new Error("ECONNREFUSED"));
    if (pathname !== "/quorum" && method !== "POST") return Promise.resolve(new Response("", { status: 405 }));
    if (method === "POST" && controller.forgets > 0) {
      controller.forgets -= 1;
      return Promise.resolve(new Response("ok\n"));
    }
    if (pathname === "/retire") controller.retired = true;
    if (pathname === "/return") Object.assign(controller, { retired: false, votes: true });
    return Promise.resolve(new Response(`state=follower\nleader=0\nretired=${controller.retired}\n`));
  }
}

describe("ops controllers", () => {
  afterEach(() => {
    mock.restoreAll();
  });

  it("tells leaving controllers to retire, removes their votes, and leaves the others alone", async () => {
    const quorum = new Quorum(5);
    await quorum.keep([0, 1, 2]);
    assert.deepEqual(quorum.voters, [0, 1, 2]);
    assert.deepEqual(quorum.said, [
      "Telling controller 3 to retire.",
      "Removed controller 3 from the voters.",
      "Telling controller 4 to retire.",
      "Removed controller 4 from the voters.",
      "The voters are 0, 1, 2.",
    ]);
  });

  it("removes the vote of a stopped controller, which cannot be told", async () => {
    const quorum = new Quorum(3, { 2: { answers: false } });
    await quorum.keep([0, 1]);
    assert.deepEqual(quorum.said, ["Removed controller 2 from the voters.", "The voters are 0, 1."]);
  });

  it("tells controllers that retired for a reverted change to return", async () => {
    const quorum = new Quorum(5, { 3: { votes: false, retired: true }, 4: { retired: true } });
    await quorum.keep([0, 1, 2, 3, 4]);
    assert.deepEqual(quorum.voters, [0, 1, 2, 3, 4]);
    assert.deepEqual(quorum.said.slice(0, 2), [
      "Telling controller 3, which has retired, to return.",
      "Telling controller 4, which has retired, to return.",
    ]);
  });

  it("tells controllers again that were killed before they had noted it", async () => {
    const quorum = new Quorum(5, { 3: { votes: false, retired: true, forgets: 1 }, 4: { forgets: 1 } });
    await quorum.keep([0, 1, 2, 3]);
    assert.deepEqual(quorum.voters, [0, 1, 2, 3]);
    assert.deepEqual(
      quorum.said.filter((line) => line.startsWith("Telling")),
      [
        "Telling controller 4 to retire.",
        "Telling controller 4 to retire.",
        "Telling controller 3, which has retired, to return.",
        "Telling controller 3, which has retired, to return.",
      ],
    );
  });

  it("waits for controllers that are yet to start only on request", async () => {
    await new Quorum(1).keep([0, 1, 2]);
    await assert.rejects(
      new Quorum(1).keep([0, 1, 2], { joined: true, waitMs: 0 }),
      /^RefusedError: Not voters yet: 1, 2\.$/,
    );
  });

  it("does not mistake an answer without a quorum for ZooKeeper", async () => {
    const quorum = new Quorum(3);
    quorum.tells = false;
    await assert.rejects(quorum.keep([0]), /Kafka does not say who is in the quorum of controllers/);
  });

  it("refuses to leave the quorum to controllers without a vote", async () => {
    await assert.rejects(new Quorum(3).keep([7], { waitMs: 0 }), /None of the controllers to keep \(7\) is a voter/);
  });

  it("refuses the way to a static quorum with other controllers, fewer or more", async () => {
    await new Quorum(5).stay([4, 3, 2, 1, 0]);
    await assert.rejects(
      new Quorum(5).stay([0, 1, 2]),
      /^RefusedError: The voters of the quorum are 0, 1, 2, 3, 4, and this change declares the controllers 0, 1, 2 for Kafka 3\.9/,
    );
    await assert.rejects(new Quorum(3).stay([0, 1, 2, 3, 4]), /votes would be lost/);
  });
});
