import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { temporaryFolder } from "../../support/temporary";
import { decisionsOfSuite } from "./decisions";
import { batch, change, partition, remove, topic } from "./metadata-records";

const METADATA = "__cluster_metadata-0";
/** The broker whose disk is empty. */
const LOST = 0;
const BROKERS = [LOST, 1, 2];
const NOBODY = -1;

/** A partition as Kafka's controller knows it. */
interface State {
  readonly isr: readonly number[];
  readonly eligible: readonly number[];
  /** `NOBODY` where Kafka remembers none. */
  readonly lastKnown: number;
  readonly leader: number;
}

const subsets = (of: readonly number[]): number[][] =>
  of.reduce<number[][]>((found, id) => [...found, ...found.map((set) => [...set, id])], [[]]);

/** All states in which the lost broker does not run. */
const STATES: readonly State[] = subsets(BROKERS).flatMap((isr) =>
  subsets(BROKERS.filter((id) => !isr.includes(id))).flatMap((eligible) =>
    [NOBODY, ...(isr.length === 0 ? BROKERS : [])].flatMap((lastKnown) =>
      [NOBODY, ...isr].map((leader) => ({ isr, eligible, lastKnown, leader })),
    ),
  ),
);

const without = (ids: readonly number[], id: number) => ids.filter((each) => each !== id);

/** What Kafka's controller makes of a broker that registers and did not stop cleanly, where it tracks eligible leader replicas. */
function registers(state: State, id: number): State {
  const isr = without(state.isr, id);
  const emptied = isr.length === 0 && state.isr.length > 0;
  const leader = state.leader === id ? NOBODY : state.leader;
  return { isr, eligible: without(state.eligible, id), lastKnown: emptied ? state.leader : state.lastKnown, leader };
}

/** Whom it elects once these brokers run. */
function elects({ isr, eligible, lastKnown, leader }: State, running: readonly number[]): number {
  if (leader !== NOBODY && running.includes(leader)) return leader;
  const candidates = [...isr, ...eligible].filter((id) => running.includes(id));
  if (isr.length + eligible.length === 0 && running.includes(lastKnown)) candidates.push(lastKnown);
  return candidates[0] ?? NOBODY;
}

describe("a broker that has lost copies", function () {
  this.timeout(60_000);
  const decisions = decisionsOfSuite();

  const question = ({ isr, eligible, lastKnown, leader }: State, tracked: boolean) => {
    const words = [isr, eligible, lastKnown === NOBODY ? [] : [lastKnown]].map((ids) => ids.join(",") || ".");
    return `${LOST} ${tracked ? "eligible" : "plain"} . orders-0:${leader}:${words.join(":")}`;
  };
  const decide = async (...questions: string[]) =>
    (await decisions.copies(...questions)).map((answer) => {
      const [, action, held, text] = /^(\w+) (\d+) (.*)$/.exec(answer) ?? [];
      return { action, held: Number(held), text: text ?? "" };
    });

  it("does not register where Kafka would elect it, in any state of a partition", async () => {
    for (const tracked of [true, false]) {
      const states = tracked
        ? STATES
        : STATES.filter((state) => state.eligible.length === 0 && state.lastKnown === NOBODY);
      const decided = await decide(...states.map((state) => question(state, tracked)));
      states.forEach((state, n) => {
        const after = tracked ? registers(state, LOST) : state;
        // Those that lead go on; of the others any may be down.
        const others = subsets([1, 2]).filter((running) => state.leader <= LOST || running.includes(state.leader));
        const elected = others.some((running) => elects(after, [LOST, ...running]) === LOST);
        if (elected) assert.notEqual(decided[n]?.action, "begin", JSON.stringify({ tracked, state }));
      });
    }
  });

  it("is not held by a partition in which another leads and Kafka strikes it off, or that does not count on it", async () => {
    const decided = await decide(
      ...STATES.filter(
        ({ leader, isr, eligible, lastKnown }) => leader > LOST || ![...isr, ...eligible, lastKnown].includes(LOST),
      ).map((state) => question(state, true)),
    );
    assert.ok(decided.length > 20);
    for (const { action } of decided) assert.equal(action, "begin");
  });

  it("registers where Kafka elects the last known leader only once it has", async () => {
    const stuck = STATES.filter(
      (state) =>
        elects(state, [1, 2]) === NOBODY && elects(registers(state, LOST), BROKERS) > LOST && state.isr.length === 0,
    );
    assert.ok(stuck.length > 0);
    for (const { action } of await decide(...stuck.map((state) => question(state, true))))
      assert.equal(action, "begin");
  });

  it("waits for other candidates by name, and asks for a person where there are none", async () => {
    const [waits, several, refuses, both] = await decide(
      `${LOST} eligible . orders-0:-1:2:0:.`,
      `${LOST} plain . orders-0:1:0,1,2:.:.`,
      `${LOST} eligible . orders-0:-1:.:.:0`,
      `${LOST} eligible . orders-0:-1:0,1:.:. orders-1:0:0:.:. orders-2:1:1:0:.`,
    );
    assert.deepEqual([waits?.action, waits?.held], ["wait", 1]);
    assert.match(waits?.text ?? "", /its copies of orders-0, .*: waiting until broker-2 leads\. If /);
    assert.match(several?.text ?? "", /waiting until broker-1, broker-2 lead\. If .*recover-partitions/);
    assert.deepEqual([refuses?.action, both?.action, both?.held], ["refuse", "refuse", 2]);
    assert.match(both?.text ?? "", /its copies of orders-1, .*`npm run ops -- recover-partitions`/);
  });

  it("is not held by copies that it has", async () => {
    const [has, lacks] = await decide(
      `${LOST} plain orders-0,x-1 orders-0:-1:0:.:.`,
      `${LOST} plain orders-1 orders-0:-1:0:.:.`,
    );
    assert.deepEqual([has?.action, lacks?.action], ["begin", "refuse"]);
  });

  it("waits while nobody answers, and begins when the quorum's leader knows of no topics", async () => {
    const [silent, none] = await decide(`${LOST} plain . silent`, `${LOST} plain . none`);
    assert.deepEqual([silent?.action, none?.action], ["wait", "begin"]);
  });

  describe("is told by its disks", () => {
    const lay = (files: Record<string, Buffer | string>): string => {
      const directory = temporaryFolder();
      for (const [name, content] of Object.entries(files)) {
        mkdirSync(dirname(join(directory, name)), { recursive: true });
        writeFileSync(join(directory, name), content);
      }
      return directory;
    };
    const FORMATTED = { "meta.properties": "version=1" };
    const PARTITION = { "orders-0/00000000000000000000.log": "" };
    const LOG = `${METADATA}/00000000000000000000.log`;
    const SNAPSHOT = `${METADATA}/00000000000000000007-0000000001.checkpoint`;
    const OWN = [topic("orders", 1), partition(0, 1, [0, 1])];
    const TOPICS = { ...FORMATTED, [LOG]: batch(...OWN) };
    const NONE = { ...FORMATTED, [LOG]: batch([1, 20, 0, 0]) };
    const OTHERS = { ...FORMATTED, [LOG]: batch(topic("orders", 1), partition(0, 1, [1, 2])) };
    const MOVED = { ...FORMATTED, [SNAPSHOT]: batch(...OWN), [LOG]: batch(change(0, 1, [1, 2])) };
    const GIVEN = { ...OTHERS, [LOG]: batch(topic("orders", 1), partition(0, 1, [1, 2]), change(0, 1, [0, 2])) };
    const REMOVED = { ...FORMATTED, [LOG]: batch(...OWN, remove(1), topic("others", 2), partition(0, 2, [2])) };

    for (const [what, lost, ...directories] of [
      ["an empty disk", true, {}],
      ["an empty disk of the metadata beside one with partitions", true, {}, { ...FORMATTED, ...PARTITION }],
      ["one empty disk of two, where a partition is missing", true, TOPICS, {}],
      ["partitions that were deleted, while the metadata has them", true, TOPICS],
      ["a snapshot with partitions, and none on the disk", true, { ...FORMATTED, [SNAPSHOT]: batch(...OWN) }],
      ["a partition that was moved here, and is not there", true, GIVEN],
      ["only a partition that is being deleted", true, { ...TOPICS, "orders-0.abc-delete/x": "" }],
      ["metadata that cannot be read", true, { ...FORMATTED, [LOG]: batch([1, 3, 0, 0]) }],
      ["disks as it left them", false, { ...TOPICS, ...PARTITION }],
      ["two disks, one of them still without partitions", false, { ...TOPICS, ...PARTITION }, FORMATTED],
      ["a new disk beside one that has all partitions", false, { ...TOPICS, ...PARTITION }, {}],
      ["disks of a cluster without topics", false, NONE],
      ["disks of a cluster whose partitions are on other brokers", false, OTHERS],
      ["partitions that were moved away", false, MOVED],
      ["topics that were deleted", false, REMOVED],
      ["a formatted disk before its first start", false, FORMATTED],
    ] as const) {
      it(`${lost ? "may" : "cannot"} be: ${what}`, async () => {
        assert.equal(await decisions.mayHaveLostCopies(LOST, ...directories.map(lay)), lost);
      });
    }
  });
});
