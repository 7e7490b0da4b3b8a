import assert from "node:assert/strict";
import { describeQuorumV2 } from "@platformatic/kafka";
import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
  /** The key that it asks orders for; an older version asks for none. */
  key?: string;
  /** What the next proof is about. */
  challenge: string;
}

/** A quorum whose controllers rejoin at once unless they have retired. */
class Quorum {
  readonly controllers: Map<number, Controller>;
  readonly said: string[] = [];

  constructor(voters: number, changed: Readonly<Record<number, Partial<Controller>>> = {}) {
    this.controllers = new Map(
      Array.from({ length: voters }, (_, id) => [
        id,
        { votes: true, retired: false, answers: true, forgets: 0, challenge: `first${id}`, ...changed[id] },
      ]),
    );
    // If one mock wrapped another, restoring all would leave the inner one.
    mock.restoreAll();
    mock.method(globalThis, "fetch", (url: string, init?: RequestInit) =>
      this.#health(new URL(url), init?.method ?? "GET", new Headers(init?.headers).get("authorization")),
    );
  }

  /** What was sent with orders. */
  readonly sent: (string | null)[] = [];

  /** What happens when a line is printed. */
  onLine: (line: string) => void = () => undefined;

  /** Whether Kafka says who is in the quorum. */
  tells = true;

  get voters(): number[] {
    return [...this.controllers].filter(([, { votes }]) => votes).map(([id]) => id);
  }

  keep(
    keep: readonly number[],
    { joined = false, waitMs = 30_000, orders = undefined as string | undefined } = {},
  ): Promise<void> {
    const options = {
      keep,
      joined,
      waitMs,
      settleMs: 0,
      tellAgainMs: 1_000,
      orders,
      print: (line: string) => {
        this.said.push(line);
        this.onLine(line);
      },
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

  #health({ hostname, pathname }: URL, method: string, authorization: string | null): Promise<Response> {
    const id = Number(/^controller-(\d+)/.exec(hostname)?.[1]);
    const controller = this.controllers.get(id);
    if (!controller?.answers) return Promise.reject(new Error("ECONNREFUSED"));
    if (pathname !== "/quorum" && method !== "POST") return Promise.resolve(new Response("", { status: 405 }));
    if (method === "POST") this.sent.push(authorization);
    if (method === "POST" && controller.key !== undefined) {
      const proof = createHmac("sha256", controller.key).update(`POST ${pathname} ${id} ${controller.challenge}`);
      if (authorization !== `Kafka-Stack ${proof.digest("hex")}`) {
        return Promise.resolve(new Response("this order needs a proof\n", { status: 401 }));
      }
      controller.challenge = `after${controller.challenge}`;
    }
    if (method === "POST" && controller.forgets > 0) {
      controller.forgets -= 1;
      return Promise.resolve(new Response("ok\n"));
    }
    if (pathname === "/retire") controller.retired = true;
    if (pathname === "/return") Object.assign(controller, { retired: false, votes: true });
    const challenge = controller.key === undefined ? "" : `challenge=${controller.challenge}\n`;
    return Promise.resolve(new Response(`state=follower\nleader=0\nretired=${controller.retired}\n${challenge}`));
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

  describe("where controllers ask for the key", () => {
    let folder: string;
    before(() => {
      folder = mkdtempSync(join(tmpdir(), "orders-test-"));
    });
    after(() => {
      rmSync(folder, { recursive: true });
    });
    const write = (key: string) => {
      writeFileSync(join(folder, "key"), key);
    };

    it("proves that it knows it, anew for each order, and does not send it", async () => {
      write("the key\n");
      const quorum = new Quorum(4, {
        2: { votes: false, retired: true, key: "the key" },
        3: { key: "the key", forgets: 1 },
      });
      await quorum.keep([0, 1, 2], { orders: folder });
      assert.deepEqual(quorum.voters, [0, 1, 2]);
      assert.equal(new Set(quorum.sent).size, 3, "two to 3, which forgot one, and one to 2");
      for (const sent of quorum.sent) assert.match(sent ?? "", /^Kafka-Stack [0-9a-f]{64}$/);
    });

    it("sends no proof to controllers of an older version, which ask for none", async () => {
      write("the key");
      const quorum = new Quorum(4);
      await quorum.keep([0, 1, 2], { orders: folder });
      assert.deepEqual([quorum.voters, quorum.sent], [[0, 1, 2], [null]]);
    });

    it("says why they refuse, once, and tries until the key that both have is the same", async () => {
      write("the key before");
      const quorum = new Quorum(4, { 3: { key: "the key" } });
      quorum.onLine = (line) => {
        if (/refuses/.test(line)) write("the key");
      };
      await quorum.keep([0, 1, 2], { orders: folder });
      assert.deepEqual(quorum.said, [
        "Telling controller 3 to retire.",
        "Controller 3 refuses: this order needs a proof.",
        "Removed controller 3 from the voters.",
        "The voters are 0, 1, 2.",
      ]);
    });

    it("gives up with the reason, whichever side has no key", async () => {
      for (const orders of [undefined, join(folder, "nowhere")]) {
        const quorum = new Quorum(4, { 3: { key: "the key" } });
        const why = /Controller 3 did not retire in time: it refuses, because .* Secret kafka-orders is missing/;
        await assert.rejects(quorum.keep([0, 1, 2], { waitMs: 600, orders }), why);
        assert.deepEqual([quorum.voters, quorum.sent], [[0, 1, 2, 3], []]);
      }
      write("another key");
      const quorum = new Quorum(3, { 2: { votes: false, retired: true, key: "the key" } });
      await assert.rejects(
        quorum.keep([0, 1, 2], { waitMs: 600, orders: folder }),
        /Not voters yet: 2: it refuses, because this order needs a proof/,
      );
    });
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
