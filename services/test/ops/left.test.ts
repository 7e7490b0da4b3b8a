import assert from "node:assert/strict";
import type { Cluster } from "../../src/ops/cluster.js";
import { judgeLeft, type LeftOptions, ofLeft, refuseIfOnLeft, takeBack } from "../../src/ops/commands/left.js";
import { place } from "../../src/ops/placement.js";
import { InterruptedError, RefusedError } from "../../src/ops/refused.js";
import { fake, view } from "./knowing-brokers.js";

const KEEP = [0, 1, 2];

/** Replicas by partition, who is listed as running, who of these does not answer, and the judgement. */
const CASES: readonly [
  what: string,
  replicas: readonly (readonly number[])[],
  listed: readonly number[],
  silent: readonly number[],
  is: string,
  partitions?: readonly string[],
][] = [
  ["nothing came to it, and it is gone", [[0, 1]], KEEP, [], "gone"],
  ["nothing came to it, and it still stops", [[0, 1]], [0, 1, 2, 3], [], "stopping"],
  ["something came to it, and it runs", [[0, 1], [3]], [0, 1, 2, 3], [], "holding", ["t-1"]],
  ["a copy came to it, and it is gone", [[0, 3]], KEEP, [], "holding", ["t-0"]],
  ["the only copy came to it, and it is gone", [[3], [0, 1], [3, 4]], KEEP, [], "needed", ["t-0", "t-2"]],
  ["the only copy came to it, and its lease has not ended", [[3]], [0, 1, 2, 3], [3], "stopping"],
  ["a copy came to it, and its lease has not ended", [[3, 0]], [0, 1, 2, 3], [3], "stopping"],
  ["one of two is gone, and had the only copy", [[3], [4]], [0, 1, 2, 4], [], "needed", ["t-0"]],
];

describe("brokers that have left", () => {
  for (const [what, replicas, listed, silent, is, partitions] of CASES) {
    it(`are ${is} when ${what}`, () => {
      const state = judgeLeft([ofLeft(place(view(listed, replicas), [], []), KEEP)], silent);
      assert.equal(state.is, is);
      const named =
        "partitions" in state ? state.partitions.map((each) => `${each.topic}-${each.partition}`) : undefined;
      assert.deepEqual(named, partitions);
    });
  }

  it("hold what any broker with the latest metadata knows of", () => {
    const [fresh, before] = [place(view(KEEP, [[0, 3]]), [], []), place(view(KEEP, [[0, 1]]), [], [])];
    assert.equal(
      judgeLeft(
        [before, fresh].map((each) => ofLeft(each, KEEP)),
        [],
      ).is,
      "holding",
    );
  });
});

for (const kind of ["KRaft", "ZooKeeper"]) {
  describe(`the end of a broker, with ${kind}`, () => {
    const said: string[] = [];
    beforeEach(() => (said.length = 0));

    const of = (listed: readonly number[], replicas: readonly (readonly number[])[], answering = listed) =>
      fake({
        views: new Map(answering.map((id) => [id, view(listed, replicas)])),
        ...(kind === "KRaft" && { logs: { 0: 10 } }),
        any: 0,
      });
    /** A cluster that becomes another one when it is told. */
    const changing = (...stages: readonly Cluster[]) => {
      let now = stages[0];
      const cluster = new Proxy({} as Cluster, { get: (_, key): unknown => Reflect.get(now ?? {}, key) });
      return { cluster, become: (stage: number) => (now = stages[stage]) };
    };
    const options = (changes: Partial<LeftOptions> = {}): LeftOptions => ({
      ...{ keep: KEEP, cordoned: [], throttle: 1_024, stall: 900, waitMs: 10_000 },
      print: (line) => said.push(line),
      signal: new AbortController().signal,
      move: () => assert.fail("moved something"),
      ...changes,
    });

    it("is not waited for when it is gone, and nothing is moved", async () => {
      await takeBack(of(KEEP, [[0, 1]]), options());
      await refuseIfOnLeft(of(KEEP, [[0, 1]]), KEEP);
      assert.deepEqual(said, []);
    });

    it("waits for what came to it meanwhile: it is moved to the others", async () => {
      const { cluster, become } = changing(
        of([0, 1, 2, 3], [[3], [0]]),
        of([0, 1, 2, 3], [[1], [0]]),
        of(KEEP, [[1], [0]]),
      );
      let moved = 0;
      const move: LeftOptions["move"] = (_, { dryRun, stall, keep }) => {
        assert.deepEqual([dryRun, stall, keep], [false, 300, KEEP]);
        moved += 1;
        become(1);
        return Promise.resolve();
      };
      const print = (line: string) => {
        said.push(line);
        if (line.startsWith("Waiting")) become(2);
      };
      await takeBack(cluster, options({ move, print }));
      assert.equal(moved, 1);
      assert.deepEqual(said, [
        "Came to brokers that leave since they were drained, so it is moved: t-0.",
        "Waiting until 1 broker stopped: 3.",
      ]);
    });

    it("is refused with names and the way back when only it has something", async () => {
      for (const work of [
        () => takeBack(of(KEEP, [[0], [3]]), options()),
        () => refuseIfOnLeft(of(KEEP, [[3, 0]]), KEEP),
      ]) {
        await assert.rejects(work(), (error: Error) => {
          assert.ok(error instanceof RefusedError);
          assert.match(error.message, /\(brokers 3\): t-[01]\. .* Nothing is deleted: .* Raise `replicas` again/);
          return true;
        });
      }
    });

    it("is certain only once the lease of a killed broker has ended", async () => {
      const { cluster, become } = changing(of([0, 1, 2, 3], [[3]], KEEP), of(KEEP, [[3]]));
      const print = (line: string) => {
        said.push(line);
        become(1);
      };
      await assert.rejects(takeBack(cluster, options({ print })), /t-0\. They came there/);
      assert.deepEqual(said, ["Waiting until 1 broker stopped: 3."]);
    });

    if (kind === "ZooKeeper") {
      it("is looked for again when nobody knows who holds what, as after the controller itself has left", async function () {
        this.timeout(30_000);
        const cut = fake({ views: new Map(), any: 0 });
        Object.assign(cut, { describe: () => Promise.resolve(view([], [], 7)) });
        const { cluster, become } = changing(cut, of(KEEP, [[0, 1]]));
        setTimeout(() => {
          become(1);
        }, 11_000);
        await takeBack(cluster, options({ waitMs: 20_000 }));
      });
    }

    it("says what is lost when its only copy goes while that is moved", async () => {
      const { cluster, become } = changing(of([0, 1, 2, 3], [[3]]), of(KEEP, [[3]]));
      const move = () => {
        become(1);
        return Promise.reject(new RefusedError("Nothing was copied for 300 s."));
      };
      await assert.rejects(takeBack(cluster, options({ move })), /t-0\. They came there/);
    });

    it("is looked for again after a pause when a look fails at once, and that is said once", async () => {
      const { cluster, become } = changing(of(KEEP, [[0, 1]]), of(KEEP, [[0, 1]]));
      let looks = 0;
      const failing = new Proxy(cluster, {
        get: (target, key): unknown => {
          if (key !== "knows" || looks === 3) return Reflect.get(target, key);
          looks += 1;
          if (looks === 3) become(1);
          return () => Promise.reject(new RefusedError("Nobody answers."));
        },
      });
      const began = Date.now();
      await takeBack(failing, options());
      assert.ok(Date.now() - began >= 2_900, "without pauses");
      assert.deepEqual([looks, said], [3, ["Looking again after: Nobody answers."]]);
    });

    it("is no longer waited for when the process is asked to stop", async () => {
      const stop = new AbortController();
      const print = (line: string) => {
        said.push(line);
        stop.abort();
      };
      const stopped = takeBack(of([0, 1, 2, 3], [[0]]), options({ print, signal: stop.signal }));
      await assert.rejects(stopped, InterruptedError);
      const silent = Object.assign(of(KEEP, []), { knows: () => Promise.reject(new RefusedError("Nobody answers.")) });
      const again = new AbortController();
      setTimeout(() => {
        again.abort();
      }, 100);
      await assert.rejects(takeBack(silent, options({ signal: again.signal })), InterruptedError);
    });

    it("may take as long as the last one when another has stopped", async () => {
      const { cluster, become } = changing(
        of([0, 1, 2, 3, 4, 5], [[0]]),
        of([0, 1, 2, 4, 5], [[0]]),
        of([0, 1, 2, 5], [[0]]),
      );
      let stage = 0;
      const print = (line: string) => {
        said.push(line);
        stage += 1;
        if (stage < 3) become(stage);
      };
      const began = Date.now();
      await assert.rejects(takeBack(cluster, options({ print, waitMs: 2_500 })), /run `up` again once they have/);
      assert.ok(Date.now() - began >= 4_400, "the time did not begin anew");
      assert.equal(said.length, 3);
    });

    it("gives up on one that does not stop, or to which partitions keep coming", async () => {
      await assert.rejects(
        takeBack(of([0, 1, 2, 3], [[0]]), options({ waitMs: 0 })),
        /Not stopped after 0 s: 1 broker .*\(3\)\. Nothing that they hold is lost/,
      );
      await assert.rejects(takeBack(of(KEEP, [[0, 3]]), options({ move: () => Promise.resolve() })), /t-0\. They came/);
    });
  });
}
