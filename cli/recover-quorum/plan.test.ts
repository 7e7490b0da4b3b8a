import assert from "node:assert/strict";
import fc from "fast-check";
import { commandFor, costs, judge, type Named } from "./plan";
import { parseDisk, type Copy, type Disk, type Server } from "./survey";

const VOTERS = new Map([
  [9000, "A"],
  [9001, "B"],
  [9002, "C"],
]);
const copy = (end: number, epoch = 5, voters: ReadonlyMap<number, string> = VOTERS): Copy => ({
  epoch,
  end,
  written: 1_700_000_000_000,
  voters,
});
const EMPTY: Disk = { knows: "nothing", epoch: 0, directory: "" };
const holds = (directory: string, found: Copy): Disk => ({
  knows: "quorum",
  epoch: found.epoch,
  directory,
  copy: found,
});
const controller = (ordinal: number, disk: Server["disk"] = EMPTY): Server => ({
  name: `controller-${ordinal}`,
  id: 9000 + ordinal,
  controller: true,
  disk,
});
const broker = (ordinal: number, disk: Server["disk"]): Server => ({
  name: `broker-${ordinal}`,
  id: ordinal,
  controller: false,
  disk,
});
const ALL_LOST = [
  ...[0, 1, 2].map((ordinal) => controller(ordinal)),
  broker(0, holds("x", copy(100))),
  broker(1, holds("y", copy(120))),
];
const BY_NAME = { from: "broker-1", lost: ["controller-0", "controller-1", "controller-2"] };

describe("the recovery of a quorum", () => {
  it("uses the most complete copy, when it and all controllers with lost disks are named", () => {
    const judgement = judge(ALL_LOST, false, BY_NAME);
    assert.ok(judgement.kind === "agreed");
    const { from, lost, epoch, voters } = judgement.plan;
    assert.equal(from.name, "broker-1");
    assert.deepEqual(
      lost.map(({ name }) => name),
      BY_NAME.lost,
    );
    assert.equal(epoch, 6);
    assert.deepEqual([...voters.keys()], [9000, 9001, 9002]);
    assert.ok([...voters.values()].every((id) => /^[A-Za-z0-9_][A-Za-z0-9_-]{21}$/.test(id)));
  });

  it("keeps the directories that Kafka 3 derives, and those of formatted disks", () => {
    const fixed = judge(ALL_LOST, true, BY_NAME);
    assert.ok(fixed.kind === "agreed");
    assert.deepEqual(fixed.plan.voters, VOTERS);
    const formatted = ALL_LOST.map((one) =>
      one.name === "controller-1" ? controller(1, { ...EMPTY, directory: "new" }) : one,
    );
    const judgement = judge(formatted, false, BY_NAME);
    assert.ok(judgement.kind === "agreed");
    assert.equal(judgement.plan.voters.get(9001), "new");
  });

  it("does nothing without names, and says what to name and what it costs", () => {
    for (const named of [{}, { from: "broker-1" }, { ...BY_NAME, lost: ["controller-0"] }] satisfies Named[]) {
      const judgement = judge(ALL_LOST, false, named);
      assert.ok(judgement.kind === "unnamed");
      const command = commandFor(judgement.plan, named);
      assert.equal(
        command,
        "npm run ops -- recover-quorum --from broker-1 --lost controller-0,controller-1,controller-2",
      );
      assert.match(
        costs(judgement.plan).join(" "),
        /ends at offset 120 of epoch 5, written at 2023-11-14T22:13:20.000Z/,
      );
    }
  });

  const refusals: [string, readonly Server[], Named, RegExp][] = [
    [
      "a controller does not answer",
      [controller(0), controller(1), controller(2, "no such pod"), broker(0, holds("x", copy(9)))],
      {},
      /controller-2 does not answer \(no such pod\).*give it an empty volume/,
    ],
    [
      "a broker does not answer",
      [...ALL_LOST, broker(2, "gone")],
      BY_NAME,
      /broker-2 does not answer .*--without broker-2/,
    ],
    [
      "a majority has its metadata",
      [controller(0), controller(1, holds("B", copy(9))), controller(2, holds("C", copy(9)))],
      { from: "controller-1", lost: ["controller-0"] },
      /controller-1, controller-2 of 3 voters still have their metadata: a majority/,
    ],
    ["another copy has more", ALL_LOST, { ...BY_NAME, from: "broker-0" }, /broker-1 has, up to offset 120/],
    ["nobody has a copy", [controller(0), broker(0, EMPTY)], {}, /nothing to recover from/],
    ["there is no such server", ALL_LOST, { ...BY_NAME, from: "broker-7" }, /no server broker-7/],
    ["a broker that answers is left out", ALL_LOST, { ...BY_NAME, without: ["broker-0"] }, /cannot be left out/],
    [
      "there are fewer controllers than voters",
      [controller(0), broker(0, holds("x", copy(9)))],
      {},
      /set the number of controllers back/,
    ],
    [
      "nobody knows who voted",
      [controller(0), broker(0, holds("x", copy(9, 5, new Map())))],
      {},
      /does not say who the voters were/,
    ],
  ];
  for (const [name, servers, named, why] of refusals) {
    it(`is refused when ${name}`, () => {
      const judgement = judge(servers, false, named);
      assert.ok(judgement.kind === "refused", judgement.kind);
      assert.match(judgement.why, why);
    });
  }

  it("leaves out a broker that is gone for good, by name", () => {
    assert.equal(judge([...ALL_LOST, broker(2, "gone")], false, { ...BY_NAME, without: ["broker-2"] }).kind, "agreed");
  });

  it("never begins while a majority could come back, and never from a less complete copy", () => {
    const found = fc.record({ epoch: fc.integer({ min: 1, max: 3 }), end: fc.integer({ min: 1, max: 4 }) });
    const state = fc.oneof(
      fc.constant(undefined),
      found.map(({ epoch, end }) => ({ end, epoch })),
      fc.constant("silent" as const),
    );
    const serverOf =
      (make: (ordinal: number, disk: Server["disk"]) => Server) =>
      (states: readonly ("silent" | { end: number; epoch: number } | undefined)[]) =>
        states.map((one, ordinal) =>
          make(
            ordinal,
            one === "silent"
              ? "silent"
              : one
                ? holds(VOTERS.get(9000 + ordinal) ?? "x", copy(one.end, one.epoch))
                : EMPTY,
          ),
        );
    const servers = fc
      .tuple(
        fc.array(state, { minLength: 3, maxLength: 3 }).map(serverOf(controller)),
        fc.array(state, { maxLength: 3 }).map(serverOf(broker)),
      )
      .map((both) => both.flat());
    let agreed = 0;
    fc.assert(
      fc.property(servers, fc.boolean(), (all, fixed) => {
        const without = all.filter(({ disk, controller: is }) => disk === "silent" && !is).map(({ name }) => name);
        const first = judge(all, fixed, { without });
        if (first.kind !== "unnamed") return;
        const named = { without, from: first.plan.from.name, lost: first.plan.lost.map(({ name }) => name) };
        const judgement = judge(all, fixed, named);
        assert.ok(judgement.kind === "agreed");
        agreed++;
        const { plan } = judgement;
        const disks = all.flatMap(({ disk }) => (typeof disk === "string" ? [] : [disk]));
        assert.ok(all.every(({ controller: is, disk }) => !is || typeof disk !== "string"));
        assert.ok(all.filter(({ controller: is, disk }) => is && (disk as Disk).copy).length <= 1);
        for (const { copy: other, epoch } of disks) {
          assert.ok(plan.epoch > epoch);
          if (other)
            assert.ok(other.epoch < plan.copy.epoch || (other.epoch === plan.copy.epoch && other.end <= plan.copy.end));
        }
      }),
      { seed: 13, numRuns: 2_000 },
    );
    assert.ok(agreed > 50, String(agreed));
  });
});

describe("a server's report of its disk", () => {
  it("is read", () => {
    const text = "directory=Q\nend=7\nendEpoch=2\nepoch=3\nknows=quorum\nvoters=9000:A,9001:B\nwritten=5\n";
    const voters = new Map([
      [9000, "A"],
      [9001, "B"],
    ]);
    const expected = { knows: "quorum", epoch: 3, directory: "Q", copy: { epoch: 2, end: 7, written: 5, voters } };
    assert.deepEqual(parseDisk(text), expected);
  });

  it("has no copy when the disk is empty", () => {
    const text = "directory=\nend=0\nendEpoch=0\nepoch=0\nknows=nothing\nwritten=0\n";
    assert.deepEqual(parseDisk(text), EMPTY);
  });

  it("is rejected when it is incomplete", () => {
    assert.throws(() => parseDisk(""), /what its disk knows|epoch/);
    assert.throws(() => parseDisk("knows=quorum\nepoch=1\n"), /directory/);
    assert.throws(() => parseDisk("knows=quorum\nepoch=1\ndirectory=\nend=5\n"), /written|endEpoch/);
  });
});
